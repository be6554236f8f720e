# SPDX-License-Identifier: MIT
"""sv.py - Sv39, Sv48 and Sv57 by the privileged manual: entries, satp, and address translation.

Theory    Written from the manual's text (priv sv32algorithm, sv39, satp) and not from the kernel's pt/read/translate.c,
          so that each checks the other. This file depends on no debugger and no kernel.
"""
import collections

PAGE = 4096
V, R, W, X, U, G, A, D, COW, DEFERRED = (1 << bit for bit in range(10))
RESERVED = 0x3FF << 54
LETTERS = "rwxugadc"  # bits 1 to 8; the last is the kernel's own
MODES = {0: "bare", 8: "Sv39", 9: "Sv48", 10: "Sv57"}

RULES = {
    "ok": "every rule holds",
    "canonical": "bits 63-{top} of the address must all equal bit {below}",
    "pte-access": "the entry itself is not in memory",
    "valid": "V is 0: nothing is mapped here",
    "w-needs-r": "W without R is reserved",
    "reserved": "one of bits 63-54 is set, which are reserved",
    "pointer-aud": "a pointer to a table must have A, U and D clear",
    "no-leaf": "the entry of the last level is a pointer, and must be a leaf",
    "aligned": "a larger leaf must map memory aligned to its size",
    "user": "U is 0: the page is not for user code",
    "sum": "U is 1: the kernel may use it only while sstatus.SUM is 1",
    "user-fetch": "U is 1: the kernel must never execute it",
    "read": "R is 0: the page may not be read",
    "write": "W is 0: the page may not be written",
    "exec": "X is 0: the page may not be executed",
    "accessed": "A is 0, and this hart leaves setting it to software",
    "dirty": "D is 0, and this hart leaves setting it to software",
}

Satp = collections.namedtuple("Satp", "mode asid root")
Table = collections.namedtuple("Table", "levels root")  # the root by its physical address
Step = collections.namedtuple("Step", "level index pa pte")
Hart = collections.namedtuple("Hart", "user sum mxr update_ad", defaults=(False, False, False, True))


class Trace:
    """The steps of a translation: the entries read, the rule that ended it, and pa if that is `ok`."""

    def __init__(self, levels):
        self.steps, self.rule, self.level, self.pa = [], "canonical", levels - 1, None


def satp(value):
    """The fields of satp: mode in 63-60, ASID in 59-44, page number of the root in 43-0."""
    return Satp(value >> 60, value >> 44 & 0xFFFF, (value & (1 << 44) - 1) * PAGE)


def levels_of(mode):
    """Levels of the tables of a satp mode; None: it does not translate, or is not a mode."""
    return mode - 5 if mode in (8, 9, 10) else None


def size_at(level):
    return PAGE << 9 * level


def index(level, va):
    return va >> 12 + 9 * level & 511


def pa_of(pte):
    return (pte >> 10 & (1 << 44) - 1) * PAGE


def is_leaf(pte):
    return bool(pte & V and pte & (R | W | X))


class Software:
    """The kernel's use of the bits that are reserved for software."""

    defers = True


def is_deferred(pte):
    """Whether a fork has deferred the copy of the table it points to (kernel/mm/aspace/defer.h); a hart finds V=0."""
    return Software.defers and pte & (V | DEFERRED) == DEFERRED


def canonical(levels, va):
    top = va >> 11 + 9 * levels
    return top in (0, (1 << 53 - 9 * levels) - 1)


def extend(levels, va):
    """The canonical address whose translated bits are those of va."""
    bits = 12 + 9 * levels
    return va | (1 << 64) - (1 << bits) if va >> bits - 1 & 1 else va


def flags(every, some=None):
    """Letters for the flags but V. Of several entries: `~` where only some have the flag."""
    some = every if some is None else some
    return "".join(c if every & 2 << i else "~" if some & 2 << i else "-" for i, c in enumerate(LETTERS))


def size_text(size):
    for unit in "KMGT":
        size //= 1024
        if size < 1024 or size % 1024:
            return f"{size}{unit}"
    return f"{size}T"


def rule_text(rule, levels):
    bits = 12 + 9 * levels
    return RULES[rule].format(top=bits, below=bits - 1)


def cause(rule, access):
    """The exception that a broken rule raises."""
    return {"r": 5, "w": 7, "x": 1}[access] if rule == "pte-access" else {"r": 13, "w": 15, "x": 12}[access]


def entry_rule(pte, level):
    """The rule by which an entry ends the walk with a fault, at any level; None: none."""
    if not pte & V:
        return "valid"
    if pte & W and not pte & R:
        return "w-needs-r"
    if pte & RESERVED:
        return "reserved"
    if is_leaf(pte):
        return None
    if pte & (A | U | D):
        return "pointer-aud"
    return None if level else "no-leaf"


def leaf_rule(pte, level, access, hart):
    """The rule by which a leaf refuses the access; None: none."""
    if pa_of(pte) % size_at(level):
        return "aligned"
    if hart.user and not pte & U:
        return "user"
    if not hart.user and pte & U:
        if access == "x":
            return "user-fetch"
        if not hart.sum:
            return "sum"
    readable = pte & R or hart.mxr and pte & X
    if not {"r": readable, "w": pte & W, "x": pte & X}[access]:
        return {"r": "read", "w": "write", "x": "exec"}[access]
    if hart.update_ad:
        return None
    if not pte & A:
        return "accessed"
    return "dirty" if access == "w" and not pte & D else None


def translate(read, table, va, access, hart):
    """Walks `table` for an access r, w or x. read(pa): the entry there; None: no memory."""
    trace, base = Trace(table.levels), table.root
    if not canonical(table.levels, va):
        return trace
    for trace.level in reversed(range(table.levels)):
        pa = base + 8 * index(trace.level, va)
        pte = read(pa)
        if pte is None:
            trace.rule = "pte-access"
            return trace
        trace.steps.append(Step(trace.level, index(trace.level, va), pa, pte))
        trace.rule = entry_rule(pte, trace.level)
        if trace.rule:
            return trace
        if is_leaf(pte):
            break
        base = pa_of(pte)
    trace.rule = leaf_rule(pte, trace.level, access, hart) or "ok"
    if trace.rule == "ok":
        trace.pa = pa_of(pte) + va % size_at(trace.level)
    return trace


def leaves(read_page, table):
    """Yields (va, level, pte, deferred) for each leaf, ascending; deferred: it is in a deferred table.
    read_page(pa): the 512 entries of a table."""

    def below(base, level, va, deferred):
        for i, pte in enumerate(read_page(base)):
            here = va + i * size_at(level)
            if is_leaf(pte):
                yield extend(table.levels, here), level, pte, deferred
            elif level and (pte & V or is_deferred(pte)):
                yield from below(pa_of(pte), level - 1, here, deferred or is_deferred(pte))

    return below(table.root, table.levels - 1, 0, False)

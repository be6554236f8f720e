# SPDX-License-Identifier: MIT
"""pt.py - pt walk, pt map, pt explain, satp: page tables of the stopped machine.

The output equals that of the program pgtbl inside the system, from independent code: tests compare the two.
"""
import gdb

from vitrine import command, kernel, memory, sv

RAM = 0x80000000  # of QEMU's virt machine
BY_ITSELF = sv.A | sv.D  # flags that hardware sets; they never separate two pages


def register():
    for name, function in (("pt", pt), ("pt walk", walk), ("pt map", show_map), ("pt explain", explain),
                           ("satp", satp)):
        command.Command(name, function, prefix=name == "pt")


def pt(_words):
    """pt walk|map|explain ...
    Page tables, read from memory entry by entry. `help pt walk`, `help pt map`, `help pt explain` say more."""
    command.usage(pt)


# ---- One address


def sharers(pte):
    """The number of processes that share a deferred table."""
    frame = kernel.frame_at(sv.pa_of(pte))
    n = int(frame["refs"]) if frame is not None else 0
    return f"  {n} process{' leads' if n == 1 else 'es lead'} to the table\n" if n else ""


def reason(trace, levels):
    """Why there is no translation."""
    last = trace.steps[-1].pte if trace.steps else 0
    if sv.is_deferred(last):
        return f"  V is 0: copying the table is deferred until an access needs it\n{sharers(last)}"
    return f"  {sv.rule_text(trace.rule, levels)}\n"


def steps(trace):
    for n, s in enumerate(trace.steps, 1):
        gdb.write(f"{n}  level {s.level} entry {s.index:<3} at {s.pa:#012x}: {s.pte:#012x} ")
        if sv.is_deferred(s.pte):
            gdb.write(f"deferred table at {sv.pa_of(s.pte):#x}\n")
        elif not s.pte & sv.V:
            gdb.write("not valid\n")
        elif sv.is_leaf(s.pte):
            gdb.write(f"{sv.flags(s.pte)} {sv.size_text(sv.size_at(s.level))} leaf {sv.pa_of(s.pte):#x}\n")
        else:
            gdb.write(f"table at {sv.pa_of(s.pte):#x}\n")


def pa_under(trace, va):
    """The address that the walk's leaf gives, even if the access is not allowed; None: no leaf."""
    last = trace.steps[-1] if trace.steps else None
    return sv.pa_of(last.pte) + va % sv.size_at(last.level) if last and sv.is_leaf(last.pte) else None


def for_user(va, levels, space):
    return space is not None and va < 1 << 11 + 9 * levels


def walk(words):
    """pt walk ADDR [PID|kernel|root ADDR|satp VALUE] [-k]
    Each entry that a hart reads to translate ADDR: its index, where it is, its value, flags, and where it leads.
    Without PID: by the table in the selected hart's satp. -k: by the table in use while the kernel works for PID.
    `root' and `satp' are for any kernel's tables."""
    in_kernel = command.take(words, "-k")
    if not 1 <= len(words) <= 3:
        command.usage(walk)
    va, whose = command.address(words[0]), command.Whose(words[1:], in_kernel)
    levels = whose.table.levels
    hart = sv.Hart(user=not in_kernel and for_user(va, levels, whose.space), sum=not kernel.is_vitrine())
    trace = sv.translate(memory.entry, whose.table, va, "r", hart)
    gdb.write(f"{whose.name}, root {whose.table.root:#x}\n")
    indices = "".join(f" {sv.index(level, va)}," for level in reversed(range(levels)))
    gdb.write(f"va {va:#x}: indices{indices} offset {va % sv.PAGE:#x}\n")
    steps(trace)
    n = len(trace.steps)
    if trace.pa is not None:
        gdb.write(f"{n + 1}  data             at {trace.pa:#012x}\n{n + 1} memory accesses: {n} entries and the data\n")
    else:
        gdb.write(f"{n} memory access{'' if n == 1 else 'es'}, no data:\n{reason(trace, levels)}")


def explain(words):
    """pt explain ADDR [r|w|x] [u|s] [PID|kernel|root ADDR|satp VALUE]
    May user code (u) or the kernel (s) read, write or execute at ADDR? If not: which rule of the manual refuses, at
    which level, and the exception. Without r, w, x: read. Without u, s: u below the kernel's half of a process."""
    how = [w for w in words[1:] if w in ("r", "w", "x", "u", "s")]
    rest = [w for w in words[1:] if w not in how]
    if not words or len(rest) > 2:
        command.usage(explain)
    va, whose = command.address(words[0]), command.Whose(rest, False)
    access = next((w for w in how if w in "rwx"), "r")
    user = "u" in how or "s" not in how and for_user(va, whose.table.levels, whose.space)
    if not kernel.is_vitrine() and not {"u", "s"} & set(how):
        user = kernel.mode() == kernel.USER
    if whose.space is not None and not user and rest:
        whose = command.Whose(rest, True)
    trace = sv.translate(memory.entry, whose.table, va, access, sv.Hart(user=user))
    verb = {"r": "read", "w": "write", "x": "execute"}[access]
    gdb.write(f"may {'user code' if user else 'the kernel'} {verb} {va:#x} by {whose.name}?\n")
    steps(trace)
    gdb.write(f"region: {Regions(whose).name(va, pa_under(trace, va))}\n")
    if trace.pa is not None:
        gdb.write(f"allowed: physical address {trace.pa:#x}\n")
        return
    gdb.write(f"not allowed by rule `{trace.rule}' at level {trace.level}:\n"
              f"{reason(trace, whose.table.levels)}"
              f"the hart raises exception {sv.cause(trace.rule, access)}\n")


# ---- Ranges


class Regions:
    """The purposes of a table's addresses."""

    def __init__(self, whose):
        self.known = kernel.is_vitrine()
        if not self.known:
            self.image = [(start + offset, end + offset) for start, end, offset in kernel.segments()]
            return
        self.user = [(int(r["start"]), int(r["end"]), self.kind(r)) for r in kernel.regions(whose.space)] \
            if whose.space is not None else []
        parts, names = kernel.variable("kimage"), kernel.enum_names("kimage_kind", "kimage_find")
        self.image = [(int(parts[i]["start"]), int(parts[i]["end"]), f"k{name}") for i, name in names.items()
                      if name != "parts"]
        self.direct = kernel.direct_map()
        self.trampoline = int(kernel.variable("trap_stvec")) & -sv.PAGE if whose.space is not None else None

    @staticmethod
    def kind(region):
        name = kernel.enum_names("region_kind", "region_find")[int(region["kind"])]
        if name == "image":
            return "text" if int(region["prot"]) & sv.X else "data"
        return name

    def of_other(self, pa):
        """In a kernel other than Vitrine, the program's file tells which addresses are the program's."""
        if pa is None:
            return "-"
        if any(start <= pa < end for start, end in self.image):
            return "kernel"
        return "ram" if pa >= RAM else "device"

    def name(self, va, pa):
        if not self.known:
            return self.of_other(pa)
        for start, end, name in self.user + self.image:
            if start <= va < end:
                return name
        page = va & -sv.PAGE
        if self.trampoline is not None and not self.trampoline >> 63:
            if page in (self.trampoline, self.trampoline - sv.PAGE):
                return "trampoline" if page == self.trampoline else "trapframe"
        if pa is None and va >> 63:  # the kernel's own address range
            pa = pa_under(sv.translate(memory.entry, kernel.kernel_table(), va, "r", sv.Hart()), va)
        if pa is None or not va >> 63:
            return "-"
        if va - self.direct == pa:
            return "ram"
        frame = kernel.frame_at(pa)
        return "device" if frame is None else kernel.kinds()[int(frame["kind"])]


class Range:
    """Neighbouring leaves of one kind."""

    def __init__(self, va, level, pte, region, deferred):
        self.start = self.end = va
        self.deferred = deferred
        self.level, self.region, self.pa, self.straight = level, region, sv.pa_of(pte), True
        self.every = self.some = pte & 0x3FF

    def takes(self, va, level, pte, region, deferred):
        same = (self.some ^ pte) & 0x3FF & ~BY_ITSELF == 0
        return same and va == self.end and (level, region, deferred) == (self.level, self.region, self.deferred)

    def add(self, pte):
        self.straight = self.straight and sv.pa_of(pte) == self.pa + self.end - self.start
        self.end += sv.size_at(self.level)
        self.every &= pte
        self.some |= pte & 0x3FF

    def show(self):
        where = f"{self.pa:x}" if self.straight else "scattered"
        gdb.write(f"{self.start:016x} {self.end & (1 << 64) - 1:016x} {sv.size_text(self.end - self.start):>5} "
                  f"{sv.size_text(sv.size_at(self.level)):>2} {sv.flags(self.every, self.some)}"
                  f"{'s' if self.deferred else '-'} {self.region:<10} {where}\n")


def ranges(whose):
    names, last = Regions(whose), None
    for va, level, pte, deferred in sv.leaves(memory.entries, whose.table):
        region = names.name(va, sv.pa_of(pte))
        if last is None or not last.takes(va, level, pte, region, deferred):
            if last:
                yield last
            last = Range(va, level, pte, region, deferred)
        last.add(pte)
    if last:
        yield last


def show_map(words):
    """pt map [PID|kernel|root ADDR|satp VALUE] [-k]
    What a table maps, in ranges: `~` is a flag that only some pages have, c copy-on-write. Without PID: the table in
    the selected hart's satp. -k: the table in use while the kernel works for PID."""
    in_kernel = command.take(words, "-k")
    whose = command.Whose(words, in_kernel)
    gdb.write(f"{whose.name}, root {whose.table.root:#x}\n")
    gdb.write("START            END               SIZE IN FLAGS     REGION     PHYSICAL\n")
    found = list(ranges(whose))
    for r in found:
        r.show()
    gdb.write(f"{len(found)} ranges, {sum(r.end - r.start for r in found) // sv.PAGE} pages\n")


# ---- satp


def satp(words):
    """satp [VALUE]
    The fields of satp: mode, address-space identifier, root. Without VALUE: of each hart, and whose table it is."""
    if len(words) > 1:
        command.usage(satp)
    if words:
        show_satp("", command.address(words[0]))
        return
    for _, hart in kernel.harts():
        show_satp(f"hart {hart}: ", kernel.register("satp"))


def show_satp(who, value):
    s = sv.satp(value)
    mode = sv.MODES.get(s.mode, "reserved")
    gdb.write(f"{who}satp {value:#018x}: mode {s.mode} ({mode}), asid {s.asid}, root {s.root:#x}")
    if not sv.levels_of(s.mode) or not kernel.is_vitrine() or not kernel.is_live():
        gdb.write("\n")
        return
    gdb.write(f": {command.owner(sv.Table(sv.levels_of(s.mode), s.root))[0]}\n")

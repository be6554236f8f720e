# SPDX-License-Identifier: MIT
"""questions.py - questions of exercises of the kind predict: each generator draws from a seed and knows the answers.

A generator ask_NAME(dice, exercise, lang) returns the lines of questions.txt and, by key, the right answer and the word
of the reason (exercise.txt: ask NAME; the sentences are in the texts). Walks are answered by the kernel's translate.c.
"""
import os
import subprocess

from shelf import ROOT, lines_of

V, R, W, X, U, G, A, D = (1 << i for i in range(8))
LETTERS = "vrwxugad"
PAGE = 4096
MAXVA = 1 << 38
RAM = 0x80000000


def letters(flags):
    """The flags that are set, as letters."""
    return "".join(c for i, c in enumerate(LETTERS) if flags >> i & 1)


def pte(pa, flags):
    return pa >> 12 << 10 | flags


def judge(root, memory, accesses):
    """The answers of the kernel's translate.c: (rule, level, pa, cause, reads) for each access."""
    program = os.path.join(ROOT, "build/exercise/judge")
    source = [os.path.join(ROOT, p) for p in ("tools/exercise/judge.c", "kernel/pt/read/translate.c")]
    if not os.path.exists(program) or os.path.getmtime(program) < max(map(os.path.getmtime, source)):
        os.makedirs(os.path.dirname(program), exist_ok=True)
        made = f"{program}.{os.getpid()}"
        subprocess.run(["cc", "-O1", f"-I{ROOT}/kernel", f"-I{ROOT}/include", "-o", made, *source], check=True)
        os.replace(made, program)
    text = "\n".join([f"3 {root:x} {len(memory)}", *(f"{pa:x} {e:x}" for pa, e in memory.items()),
                      *(f"{va:x} {how} {mode} 0 0 1" for va, how, mode in accesses)])
    said = subprocess.run([program], input=text.encode(), stdout=subprocess.PIPE, check=True).stdout.decode()
    return [(w[0], int(w[1]), int(w[2], 16), int(w[3]), int(w[4])) for w in map(str.split, said.splitlines())]


class Tree:
    """Entries in memory, in frames drawn by lot."""

    def __init__(self, dice):
        self.frames = dice.sample(range(0x400, 0x8000), 200)
        self.root, self.memory = self.frame(), {}

    def frame(self):
        return RAM + PAGE * self.frames.pop()

    def put(self, va, leaf, level=0):
        """Makes the tables above, and puts the entry there."""
        table = self.root
        for at in (2, 1):
            if at == level:
                break
            slot = table + 8 * (va >> (12 + 9 * at) & 511)
            if slot not in self.memory:
                self.memory[slot] = pte(self.frame(), V)
            table = self.memory[slot] >> 10 << 12
        self.memory[table + 8 * (va >> (12 + 9 * level) & 511)] = leaf

    def lines(self):
        return [f"satp {8 << 60 | self.root >> 12:#018x}", "address      entry",
                *(f"0x{pa:010x} 0x{e:010x}" for pa, e in sorted(self.memory.items())), ""]


# -- of bits


def ask_split(dice, *_):
    lines, right = [], {}
    for n in range(1, 4):
        va = dice.randrange(1 << 38)
        lines.append(f"va{n} = {va:#x}")
        for level in (2, 1, 0):
            right[f"va{n}.l{level}"] = va >> (12 + 9 * level) & 511, "index"
        right[f"va{n}.offset"] = va & 4095, "offset"
    return lines, right


def ask_entry(dice, *_):
    lines, right = [], {}
    for n in range(1, 4):
        flags = V | dice.choice([R, R | W, R | X, X]) | dice.choice([0, U, U | A])
        pa = RAM + PAGE * dice.randrange(0x8000)
        lines.append(f"e{n} = {pte(pa, flags):#x}")
        right[f"e{n}.pa"], right[f"e{n}.flags"] = (pa, "number"), (letters(flags), "flags")
    for n in range(4, 6):
        pa, flags = RAM + PAGE * dice.randrange(0x8000), V | dice.choice([R | W | U, R | X | U, R])
        lines.append(f"e{n}: pa {pa:#x}, {letters(flags)}")
        right[f"e{n}.pte"] = pte(pa, flags), "number"
    return lines, right


def ask_satp(dice, *_):
    root, other = (RAM + PAGE * dice.randrange(0x8000) for _ in "ab")
    asid = dice.randrange(1, 200)
    va = dice.randrange(1 << 38)
    lines = [f"satp = {8 << 60 | asid << 44 | root >> 12:#x}", f"va = {va:#x}", f"root2 = {other:#x}"]
    return lines, {"root": (root, "root"), "asid": (asid, "asid"), "first": (root + 8 * (va >> 30), "first"),
                   "satp2": (8 << 60 | other >> 12, "satp")}


# -- of walks


def ask_walk(dice, *_):
    tree = Tree(dice)
    small, large, absent = (dice.randrange(1, 255) << 30 | dice.randrange(512) << 21 for _ in "abc")
    small, absent = (va | dice.randrange(1, 511) << 12 for va in (small, absent))
    tree.put(small, pte(tree.frame(), V | R | W | U | A | D))
    tree.put(absent ^ PAGE, pte(tree.frame(), V | R | U | A))
    tree.put(large, pte(RAM + (dice.randrange(1, 60) << 21), V | R | U | A), 1)
    large |= dice.randrange(512) << 12
    accesses = [(va | dice.randrange(PAGE // 8) * 8, "r", "u") for va in (small, absent, large)]
    dice.shuffle(accesses)
    lines, right = tree.lines(), {}
    for n, (access, (rule, level, pa, _, reads)) in enumerate(
            zip(accesses, judge(tree.root, tree.memory, accesses)), 1):
        lines.append(f"va{n} = {access[0]:#x}")
        right[f"va{n}.pa"] = (pa, "large" if level else "page") if rule == "ok" else ("fault", "fault")
        right[f"va{n}.reads"] = reads, "reads"
    return lines, right


# Accesses: operation, mode, flags of the leaf, flags of the entry that leads to it.
RULE_CASES = [
    ("r", "u", V | R | A, V), ("r", "s", V | R | U | A, V), ("x", "s", V | R | X | U | A, V),
    ("w", "u", V | R | U | A | D, V), ("x", "u", V | R | W | U | A | D, V), ("r", "u", V | X | U | A, V),
    ("r", "u", R | U | A, V), ("r", "u", V | W | U | A, V), ("r", "u", V | R | U | A, V | U),
    ("r", "u", V | R | W | U | A, V), ("w", "u", V | R | W | U | A | D, V), ("r", "u", V, V),
]


def ask_rule(dice, *_):
    tree, accesses, lines, right = Tree(dice), [], [], {}
    for root, (how, mode, leaf, middle) in zip(dice.sample(range(256), 5), dice.sample(RULE_CASES, 5)):
        va = root << 30 | dice.randrange(1 << 18) << 12
        tree.put(va, pte(tree.frame(), leaf))
        tree.memory[tree.root + 8 * root] |= V
        table = tree.memory[tree.root + 8 * root] >> 10 << 12
        tree.memory[table + 8 * (va >> 21 & 511)] |= middle
        accesses.append((va, how, mode))
    for n, ((va, how, mode), said) in enumerate(zip(accesses, judge(tree.root, tree.memory, accesses)), 1):
        lines.append(f"q{n}: {mode}-mode, {({'r': 'load', 'w': 'store', 'x': 'fetch'})[how]} {va:#x}")
        table = tree.root
        for level in (2, 1, 0):
            entry = tree.memory[table + 8 * (va >> (12 + 9 * level) & 511)]
            lines.append(f"    L{level} {entry:#x}  {letters(entry & 255)}")
            table = entry >> 10 << 12
        right[f"q{n}"] = said[0], said[0].replace("-", "_")
    return lines, right


# -- of whole tables


def tables(pages):
    """Table pages that the pages need, root included."""
    return 1 + len({va >> 30 for va in pages}) + len({va >> 21 for va in pages})


def ask_tables(dice, *_):
    top = [MAXVA - PAGE * i for i in dice.choice([(1, 2), (1, 2, 3)])]
    across = (dice.randrange(1, 200) << 30) + (2 << 20) - PAGE * dice.randrange(1, 4)
    plans = [[PAGE * i for i in range(dice.randrange(2, 6))] + top,
             [PAGE * i for i in range(512 * dice.randrange(1, 4) + dice.randrange(1, 200))] + top,
             [across + PAGE * i for i in range(6)] + top]
    lines, right = [], {}
    for n, pages in enumerate(plans, 1):
        low = [va for va in pages if va not in top]
        lines.append(f"p{n}: {min(low):#x} - {max(low) + PAGE:#x}, {min(top):#x} - {MAXVA:#x}")
        right[f"p{n}.tables"], right[f"p{n}.kib"] = (tables(pages), "tables"), (4 * tables(pages), "kib")
    return lines, right


def ask_init(dice, *_):
    """A vmprint of init as the course of 2020 prints it, with frames of its own."""
    frames = dice.sample(range(0x7000, 0x7f00), 16)
    usyscall = dice.random() < 0.5
    leaves = [(0, R | X | W | U), (1, R | W | X), (2, R | W | X | U)]
    top = [(509, R | U)] * usyscall + [(510, R | W), (511, R | X)]
    pa = {i: RAM + PAGE * frames.pop() for i, _ in leaves + top}
    root, l1, l0, l1top, l0top = (RAM + PAGE * frames.pop() for _ in range(5))
    lines = [f"page table {root:#018x}"]
    for head, middle, bottom, index, rest in ((0, l1, l0, 0, leaves), (255, l1top, l0top, 511, top)):
        lines += [f"..{head}: pte {pte(middle, V):#018x} pa {middle:#018x}",
                  f".. ..{index}: pte {pte(bottom, V):#018x} pa {bottom:#018x}"]
        lines += [f".. .. ..{i}: pte {pte(pa[i], f | V):#018x} pa {pa[i]:#018x}" for i, f in rest]
    right = {"tables": (5, "tables"), "user": ("0 2" + " 509" * usyscall, "user"), "guard": (1, "guard"),
             "trapframe": (pa[510], "trapframe"), "trampoline": (MAXVA - PAGE, "trampoline")}
    return lines, right


# -- of address spaces


def ask_overlap(dice, *_):
    size = 0x1000000 * dice.randrange(1, 16) + PAGE * dice.randrange(1, 99)
    stack = dice.choice([PAGE * dice.randrange(1, 5), (1 << 30) - 2 * PAGE])
    parts = {"clint": (0x2000000, 0x2010000), "plic": (0xc000000, 0xc400000), "uart": (0x10000000, 0x10001000),
             "ram": (RAM, 0x88000000), "kstack": (stack, stack + PAGE)}
    hits = sorted(name for name, (start, _) in parts.items() if start < size)
    lines = [f"{name:8} {start:#12x} {end:#12x}" for name, (start, end) in {**parts, "user": (0, size)}.items()]
    return lines, {"overlap": (" ".join(hits) or "none", "overlap"),
                   "limit": (min(start for start, _ in parts.values()), "limit")}


def ask_kstack(dice, *_):
    p = dice.randrange(1, 60)
    stack = MAXVA - PAGE - (p + 1) * 2 * PAGE
    at = [stack + dice.randrange(PAGE // 8) * 8, stack - dice.randrange(1, PAGE // 8) * 8, stack + PAGE + 64]
    dice.shuffle(at)
    lines = [f"p = {p}", *(f"q{n}: {va:#x}" for n, va in enumerate(at, 1))]
    right = {"kstack": (stack, "kstack"), "sp": (stack + PAGE, "sp"), "guard": (stack - PAGE, "guard")}
    for n, va in enumerate(at, 1):
        right[f"q{n}"] = "stack" if stack <= va < stack + PAGE else "guard", "which"
    return lines, right


def ask_copyin(dice, *_):
    """The three tests of copyin_new: the first that refuses."""
    size = PAGE * dice.randrange(3, 20)
    big = 1 << 64
    asked = [(dice.randrange(size, 4 * size), dice.randrange(1, 99)), (size - 8, dice.randrange(9, 99)),
             (dice.randrange(1, size - 100), dice.randrange(1, 99)), (dice.randrange(8, size - 8) // 8 * 8, big - 8)]
    dice.shuffle(asked)
    lines, right = [f"p->sz = {size:#x}"], {}
    for n, (va, length) in enumerate(asked, 1):
        lines.append(f"q{n}: srcva {va:#x}, len {length:#x}")
        end = (va + length) % big
        first = 1 if va >= size else 2 if end >= size else 3 if end < va else 0
        right[f"q{n}"] = first, f"test{first}"
    return lines, right


def ask_cow(dice, *_):
    """Frames of a heap after forks, stores and exits."""
    pages, lines, right = dice.randrange(3, 7), [], {}
    spaces = {"a": {i: ("a", i) for i in range(pages)}}
    lines.append(f"1  a: {pages} pages, all stored to")
    for child in "bc":
        parent = dice.choice(sorted(spaces))
        spaces[child] = dict(spaces[parent])
        lines.append(f"{len(lines) + 1}  {parent}: fork -> {child}")
        for _ in range(2):
            who, page = dice.choice(sorted(spaces)), dice.randrange(pages)
            shared = sum(space.get(page) == spaces[who][page] for space in spaces.values()) > 1
            spaces[who][page] = (who, page, len(lines)) if shared else spaces[who][page]
            lines.append(f"{len(lines) + 1}  {who}: store to page {page}")
            right[f"step{len(lines)}"] = "copy" if shared else "none", "store"
    right["frames"] = len({f for space in spaces.values() for f in space.values()}), "frames"
    gone = dice.choice("bc")
    del spaces[gone]
    lines.append(f"{len(lines) + 1}  {gone}: exit")
    right["left"] = len({f for space in spaces.values() for f in space.values()}), "left"
    return lines, right


def ask_stale(dice, *_):
    """Asks which frames a load may reach while two harts change and fence one entry."""
    lines, right, allowed, now = ["1  the entry leads to frame a; both harts fence"], {}, [{"a"}, {"a"}], "a"
    steps = ["store", "load", "fence", "store", "load", "load", "fence", "load"]
    for step in steps:
        hart = dice.randrange(2)
        if step == "store":
            now = chr(ord(now) + 1)
            allowed = [known | {now} for known in allowed]
            lines.append(f"{len(lines) + 1}  hart {hart} stores: the entry leads to frame {now}")
        elif step == "fence":
            allowed[hart] = {now}
            lines.append(f"{len(lines) + 1}  hart {hart} executes sfence.vma")
        else:
            lines.append(f"{len(lines) + 1}  hart {hart} loads from the page")
            right[f"load{len(lines)}"] = " ".join(sorted(allowed[hart])), "load"
    return lines, right


# -- of words: choices and orders that lie beside the exercise


def ask_choice(dice, exercise, lang):
    """choice.LANG.txt: blocks of a question, then "+ right", "- wrong" ones. The letters are drawn by lot."""
    lines, right = [], {}
    for n, block in enumerate(lines_of(exercise.path(f"choice.{lang}.txt")), 1):
        options = block[1:]
        order = dice.sample(range(len(options)), len(options))
        lines += [f"q{n}: {block[0]}", *(f"   {'abcd'[i]}) {options[k][2:]}" for i, k in enumerate(order)), ""]
        right[f"q{n}"] = "abcd"[next(i for i, k in enumerate(order) if options[k][0] == "+")], f"q{n}"
    return lines, right


def ask_order(dice, exercise, lang):
    """order.LANG.txt: lines in the right order. They are shuffled; the answer is the letters, in the right order."""
    steps = [line for block in lines_of(exercise.path(f"order.{lang}.txt")) for line in block]
    order = dice.sample(range(len(steps)), len(steps))
    lines = [f"   {chr(97 + i)}) {steps[k]}" for i, k in enumerate(order)]
    return lines, {"order": ("".join(chr(97 + order.index(k)) for k in range(len(steps))), "order")}

# SPDX-License-Identifier: MIT
"""test_gdb.py - the debugger's commands (tools/gdb), used by gdb-multiarch on a machine of the test's own.

Their output about tables, processes and frames is compared with that of pgtbl and ps; the Python reading of the manual
with the kernel's translate() on random tables; steps over a system call with the expected state of a hart.
"""
import ctypes
import os
import random
import re
import sys
import time

import children
from machine import Failure, same

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PATIENCE = 200  # seconds that a debugger may take

SCRIPT = """python
def go(command):
    gdb.write("$ " + command + chr(10))
    try:
        gdb.execute(command)
    except gdb.error as e:
        gdb.write(str(e) + chr(10))
for command in %r:
    go(command)
"""


class Debugged:
    """A machine with a stub for gdb, and gdb sessions with it.

    The debugger may read unmapped addresses, which QEMU logs as errors of the guest: such lines do not count.
    """

    def __init__(self, context, design, stopped, cpus=3, mode="sv39"):
        self.context, self.socket = context, os.path.join(context.dir, "gdb")
        self.log = os.path.join(context.dir, "gdb_guest_errors")
        if os.path.exists(self.socket):
            os.unlink(self.socket)
        extra = ["-gdb", f"unix:{self.socket},server=on,wait=off", "-D", self.log] + (["-S"] if stopped else [])
        self.machine = context.machine(append=f"quiet kpt={design} mmu={mode}", cpus=cpus, extra=extra)

    def poweroff(self):
        self.machine.poweroff()
        with open(self.log, encoding="utf-8", errors="replace") as log:
            wrong = [s for s in log if not s.startswith("Invalid read at addr")]
        same("guest_errors", wrong, [])

    def gdb(self, *commands):
        """The output of gdb for each command, in order; at the end it lets the machine go on."""
        script = os.path.join(self.context.dir, "script.gdb")
        with open(script, "w", encoding="utf-8") as f:
            f.write(SCRIPT % (list(commands),))
        words = ["gdb-multiarch", "-q", "-nx", "-batch", "-x", "tools/gdb/load.py",
                 "-ex", "target remote " + self.socket, "-x", script, self.context.options.kernel]
        deadline = time.monotonic() + PATIENCE
        while not os.path.exists(self.socket) and time.monotonic() < deadline:
            self.machine.read_some(0.1)
        code, text = children.run(["timeout", str(PATIENCE), *words], cwd=ROOT)
        if code == 124:
            raise Failure(f"gdb does not come back from {commands}")
        with open(os.path.join(self.context.dir, "gdb.log"), "a", encoding="utf-8") as log:
            log.write(text)
        parts = re.split(r"^\$ .*\n", text, flags=re.M)[1:]
        if len(parts) != len(commands):
            raise Failure(f"gdb: {text.strip().splitlines()[-1:]}")
        return parts


def match(what, got, *patterns):
    """Each pattern is found in the text, in this order."""
    at = 0
    for p in patterns:
        found = re.compile(p, re.M).search(got, at)
        if not found:
            raise Failure(f"{what}: no {p!r} in {got!r}")
        at = found.end()
    return at


def test_gdb_locks(context):
    """The holders of locks: at the first switch, and in a fault."""
    d = Debugged(context, "unified", stopped=True, cpus=1)
    with d.machine as m:
        said = d.gdb("tbreak *sched_finish_switch", "continue", "locks", "ubreak main init", "continue",
                     "tbreak vmfault if as == ((struct cpu *)$tp)->proc->as", "continue", "locks",
                     "tbreak region_find", "continue", "locks")
        m.boot()
        d.poweroff()
    match("at the first switch", said[2], r"^spinlock hart 0's idle process\.lock \(proc\) held by hart 0, "
          r"at kernel/\S+:\d+$", r"^1 of \d+ ")
    match("at a fault", said[7], r"^0 of \d+ locks are held$")
    match("in a fault", said[10], r"^sleeplock process (\d)'s memory\.lock held by process \1 \(\w+\), "
          r"at kernel/mm/aspace/region\.c:\d+$", r"^1 of \d+")


# -- the manual, read twice

PAGES, BASE = 48, 0x80000000


class Env(ctypes.Structure):
    _fields_ = [("levels", ctypes.c_int), ("direct", ctypes.c_uint64), ("alloc", ctypes.c_void_p),
                ("free", ctypes.c_void_p)]


class Pt(ctypes.Structure):
    _fields_ = [("root", ctypes.c_uint64), ("env", ctypes.POINTER(Env))]


PRESENT = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_uint64)


class Hart(ctypes.Structure):
    _fields_ = [("user", ctypes.c_bool), ("sum", ctypes.c_bool), ("mxr", ctypes.c_bool), ("update_ad", ctypes.c_bool),
                ("present", PRESENT), ("arg", ctypes.c_void_p)]


class Trace(ctypes.Structure):
    _fields_ = [("rule", ctypes.c_int), ("level", ctypes.c_int), ("pa", ctypes.c_uint64), ("pte", ctypes.c_uint64),
                ("set", ctypes.c_uint64), ("reads", ctypes.c_int), ("step", ctypes.c_uint64 * 10)]


def random_entry(rng):
    """Mostly something that leads on or maps, sometimes with one thing wrong."""
    flags = rng.choice([1, 1, 1, 0xCF, 0xDF, 0x5B, rng.getrandbits(10), rng.getrandbits(10)])
    page = BASE // 4096 + rng.randrange(PAGES + 2)
    if rng.random() < 0.3:
        page &= -512
    elif rng.random() < 0.1:
        page &= -(1 << 18)
    odd = 1 << rng.randrange(54, 64) if rng.random() < 0.02 else 0
    return odd | page << 10 | flags


def random_address(rng, levels):
    va = rng.getrandbits(12 + 9 * levels)
    if va >> 11 + 9 * levels:
        va |= (1 << 64) - (1 << 12 + 9 * levels)
    return va ^ 1 << rng.randrange(11 + 9 * levels, 64) if rng.random() < 0.05 else va


def test_gdb_translate(context):
    """On random tables the debugger's reading of the manual and the kernel's agree: rule, level, address, cause."""
    sys.path.insert(0, os.path.join(ROOT, "tools", "gdb", "vitrine"))
    import sv  # pylint: disable=import-outside-toplevel

    library = os.path.join(context.dir, "translate.so")
    context.must(["gcc", "-std=gnu11", "-shared", "-fPIC", "-Ikernel", "-Iinclude", "-o", library,
                  "kernel/pt/read/translate.c"])
    kernel = ctypes.CDLL(os.path.abspath(library))
    kernel.pt_rule_name.restype = ctypes.c_char_p
    memory, rng, seen = (ctypes.c_uint64 * (512 * PAGES))(), random.Random(39), set()
    start = ctypes.addressof(memory)

    def read(pa):
        return memory[(pa - BASE) // 8] if 0 <= pa - BASE < PAGES * 4096 else None

    present = PRESENT(lambda _, pa: 0 <= pa - BASE < PAGES * 4096)
    for n in range(60000):
        if n % 3000 == 0:
            memory[:] = [random_entry(rng) for _ in memory]
        levels, access = rng.choice((3, 3, 4, 5)), rng.randrange(3)
        va, bits = random_address(rng, levels), [rng.random() < 0.5 for _ in range(4)]
        env, trace = Env(levels, (start - BASE) & (1 << 64) - 1, None, None), Trace()
        pt, hart = Pt(start, ctypes.pointer(env)), Hart(*bits, present, None)
        rule = kernel.translate(ctypes.byref(pt), ctypes.c_uint64(va), access, ctypes.byref(hart), ctypes.byref(trace))
        name = kernel.pt_rule_name(rule).decode()
        ours = sv.translate(read, sv.Table(levels, BASE), va, "rwx"[access], sv.Hart(*bits))
        what = f"{va:#x} {'rwx'[access]} {bits}, {levels} levels"
        same(what, (ours.rule, ours.level, len(ours.steps)), (name, trace.level, trace.reads))
        same(what, [(s.pa, s.pte) for s in ours.steps], list(zip(*[iter(trace.step[: 2 * trace.reads])] * 2)))
        if name == "ok":
            same(what, ours.pa, trace.pa)
        else:
            same(what, sv.cause(name, "rwx"[access]), kernel.pt_rule_cause(rule, access))
        seen.add(name)
    same("rules that were met", seen, set(sv.RULES))


def test_gdb_satp(context):
    """The fields of any value of satp; without one, what the harts have at power-on."""
    d = Debugged(context, "unified", stopped=True)
    with d.machine as m:
        said = d.gdb("satp 0x800a000000080460", "satp 0x9000000000000001", "satp 0x3000000000000000", "satp", "procs",
                     "pt map", "pt map kernel", "ledger", "into-kernel", "pt walk", "pt walk 0 x", "usersyms nosuch")
        m.boot()
        d.poweroff()
    same("satp", said[0], "satp 0x800a000000080460: mode 8 (Sv39), asid 160, root 0x80460000\n")
    same("satp", said[1], "satp 0x9000000000000001: mode 9 (Sv48), asid 0, root 0x1000\n")
    match("satp", said[2], r"mode 3 \(reserved\), asid 0")
    same("satp", said[3].count("mode 0 (bare), asid 0, root 0x0\n"), 3)
    for text, sentence in zip(said[4:], (
            "there are no processes yet: let it boot further", "hart 0 has no table in satp now",
            "the kernel has not made its page table yet", "there is no ledger yet", "there are no processes yet",
            "usage: pt walk ADDR [PID|kernel|root ADDR|satp VALUE] [-k]",
            "x: expected the number of a process, `kernel', `root ADDR' or `satp VALUE'",
            "nosuch: no such program in ")):
        match("at power-on", text, "^" + re.escape(sentence))


# -- comparison with the system's own output

ADDRESSES = ["0x18", "0x1ff8", "0x2ff8", "0x200000", "0x3fffffd000", "0x4000000000", "0xffffffc080600000",
             "0xffffffff80380000", "0xffff0000000000"]  # the last but one: in the gap behind the kernel's text
HOWS = ["r u", "w u", "x u", "r s", "w s", "x s"]


def squeezed(text):
    """The common part of both outputs about one address: the entries, the region, the verdict."""
    text = re.sub(r"^(may |mapped by:|process \d|the kernel's own table).*\n", "", text, flags=re.M)
    text = re.sub(r"^(region: \S+) \(.*\)", r"\1", text, flags=re.M)
    text = re.sub(r"(exception \d+):\n.*", r"\1", text)
    return re.sub(r" +", " ", text)


def pages_of(text):
    """The pages of the ranges in a map but kernel stacks, which come and go: address -> (size, flags, region)."""
    sizes, pages = {"4K": 1 << 12, "2M": 1 << 21, "1G": 1 << 30}, {}
    for line in text.splitlines():
        words = line.split()
        if re.match(r"[0-9a-f]{16} [0-9a-f]{16} ", line) and words[5] != "kstack":
            size = sizes[words[3]]
            for va in range(int(words[0], 16), int(words[1], 16) or 1 << 64, size):
                pages[va] = words[3], re.sub("[ad~]", "-", words[4]), words[5]
    return pages


def compare_maps(what, ours, theirs):
    """pgtbl leaves out the entries that a process's table shares with the kernel's."""
    ours, theirs = pages_of(ours), pages_of(theirs)
    if max(theirs) < 1 << 63:
        ours = {va: page for va, page in ours.items() if va < 1 << 63}
    if len(ours) < 3:
        raise Failure(f"{what}: {len(ours)} pages")
    for va in sorted(set(ours) | set(theirs)):
        same(f"{what}: {va:#x}", ours.get(va), theirs.get(va))


def owned(text):
    """Frames of process 1 by kind, and all frames."""
    found = {m[1]: m[2] for m in re.finditer(r"^(\w+) .* 1\(init\):(\d+)", text, re.M)}
    return found, re.search(r"^all +(\d+)", text, re.M)[1]


def listed(text, brk, page):
    """Processes 1 and 2: (number, parent, break, memory, name), sizes in KiB, of which the columns have that many."""
    lines = [s.split() for s in text.splitlines()[1:]]
    return sorted((s[0], s[1], int(s[4], 0) * brk // 1024, int(s[5]) * page // 1024, s[6]) for s in lines
                  if s[0] in "12")


def forkpair(m):
    """Has two processes with memory in deferred tables stay in the background: their numbers, and its address."""
    m.type("forkpair sleep 1000 &\n")
    found = m.expect(r"(\d+) and (\d+) share memory at (0x\w+)\n")
    m.type("echo there\n")
    m.expect(r"\n(?:\$ )?there\n\$ ")
    return found.groups()


def agrees(context, design, mode=8, name="Sv39"):
    d = Debugged(context, design, stopped=False, mode=name.lower())
    with d.machine as m:
        m.boot()
        parent, child, va = forkpair(m)
        asked = [(f"pgtbl -n explain 1 {a} {h}", f"pt explain {a} {h} 1") for a in ADDRESSES for h in HOWS]
        asked += [(f"pgtbl -n walk 1 {a}", f"pt walk {a} 1") for a in ADDRESSES if a < "0xffffff"]
        asked += [(f"pgtbl -n walk 0 {a}", f"pt walk {a} kernel") for a in ADDRESSES[-3:]]
        asked += [(f"pgtbl -n explain {p} {va} w {who}", f"pt explain {va} w {who} {p}") for p in (parent, child)
                  for who in "us"]
        asked += [(f"pgtbl -n walk {child} {va}", f"pt walk {va} {child}")]
        theirs = [m.run(a) for a, _ in asked]
        maps = [m.run(f"pgtbl -nw {a}") for a in ("map 1", "map -k 1", "kernel", f"map {child}")]
        ledger, ps = m.run("pgtbl -nw ledger"), m.run("ps")
        ours = d.gdb(*[b for _, b in asked], "pt map 1", "pt map 1 -k", "pt map kernel", f"pt map {child}", "ledger",
                     "procs", "satp")
        m.run("echo on")
        d.poweroff()
    for (_, what), a, b in zip(asked, ours, theirs):
        same(what, squeezed(a), squeezed(b))
    ours = ours[len(asked):]
    for what, a, b in zip(("pt map 1", "pt map 1 -k", "pt map kernel", "pt map of deferred tables"), ours, maps):
        compare_maps(what, a, b)
    same("deferred ranges", [len(re.findall(r" \S{8}s mmap ", text)) for text in (ours[3], maps[3])], [1, 1])
    same("ledger", owned(ours[4]), owned(ledger))
    waiting = re.findall(r"^ +\d+ .* (init|sh|sleep) +(kernel/\S+):\d+$", ours[5], re.M)
    same("where they wait", waiting, [("init", "kernel/proc/exit.c"), ("sh", "kernel/dev/console/console.c"),
                                      ("sleep", "kernel/proc/sched/ticks.c")])
    same("procs", listed(ours[5], 1, 4096), listed(ps, 1024, 1024))
    same("satp", len(re.findall(rf"mode {mode} \({name}\), asid \d+, root 0x8[0-9a-f]{{7}}: [pt]", ours[6])), 3)


def test_gdb_views_unified(context):
    """Tables, verdicts, frames and processes agree with pgtbl and ps."""
    agrees(context, "unified")


def test_gdb_views_global(context):
    agrees(context, "global")


def test_gdb_views_fullcopy(context):
    agrees(context, "fullcopy")


def test_gdb_views_sharedroot(context):
    agrees(context, "sharedroot")


def test_gdb_views_sv48(context):
    """In a deeper mode, in the design that shares the kernel's tables below a table of its own."""
    agrees(context, "sharedroot", 9, "Sv48")


def test_gdb_views_sv57(context):
    agrees(context, "unified", 10, "Sv57")


# -- a hart that lacks a mode


def behind_satp(context, function):
    """The address of the instruction behind the first write of satp in a function."""
    text = context.must(["gdb-multiarch", "-nx", "-batch", "-ex", f"x/300i {function}", context.options.kernel])
    found = re.search(r"csrw\s+satp.*\n\s*(0x[0-9a-f]+)", text)
    if not found:
        raise Failure(f"{function} writes no satp: {text[:200]!r}")
    return "*" + found[1]


def test_gdb_hart_without_mode(context):
    """A write of satp that is undone, as a hart without the mode would ignore it: the deepest mode below is used."""
    place = behind_satp(context, "use_table")
    for asked, there, missing in ((48, 39, 48), (57, 39, 48), (57, 48, 57)):
        d = Debugged(context, "unified", stopped=True, cpus=1, mode=f"sv{asked}")
        passes = ["tbreak " + place, "continue"] * ((there - 39) // 9 + 2)  # Sv39 first
        with d.machine as m:
            d.gdb(*passes, "set $satp = kernel_satp")
            text = m.boot()
            m.run("forkstress")
            d.poweroff()
        said = f"mmu=sv{asked}: this hart has no Sv{missing}; using Sv{there}\n"
        if said not in text or f" Sv{there}, kpt=" not in text:
            raise Failure(f"mmu=sv{asked} on a hart with Sv{there}: {text!r}")


def test_gdb_other_hart_without_mode(context):
    """The first hart has the mode, the second has not: the machine says so and stops."""
    d = Debugged(context, "unified", stopped=True, cpus=2, mode="sv48")
    with d.machine as m:
        d.gdb("tbreak " + behind_satp(context, "secondary_high"), "continue",
              "set $satp = (8UL << 60) + (((unsigned long)&boot_table - boot_load_offset) >> 12)")
        m.expect("a hart lacks Sv39, or the mode that mmu= asks for; all harts need it")
        m.wait_exit(0)


# -- over a system call

STEPS = ["ubreak main init", "continue", "usersyms", "info symbol $pc", "into-kernel", "bt", "into-kernel", "locks",
         "back-to-user", "x/2i $pc-4", "back-to-user", "ubreak nosuch sh", "ubreak *0x1234560 sh", "ubreak main sh",
         "continue", "into-kernel", "harts", "back-to-user", "p/x $a7", "into-kernel 1"]


def steps(context, design):
    d = Debugged(context, design, stopped=True)
    with d.machine as m:
        said = iter(d.gdb(*STEPS))
        m.boot()
        d.poweroff()
    match("ubreak", next(said), r"^Breakpoint 1 at 0x.*user/init\.c")
    match("continue", next(said), r"hit Breakpoint 1, main \(argc=1, .* at user/init\.c:")
    same("usersyms", next(said), "init, auto\n")
    match("info symbol", next(said), r"^main .*bin/init$")
    match("into-kernel", next(said), r"^process 1 \(init\): system call 15$", r"^#0 +sys_open \(p=")
    match("bt", next(said), r"^#0 +sys_open \(", r"^#\d .* at kernel/rv/trampoline\.S:")
    match("into-kernel", next(said), r"process 1 \(init\) is in the kernel: back-to-user leads out")
    match("locks", next(said), r"^\d+ of [1-9]\d+ locks are held$")
    match("back-to-user", next(said), r"^process 1 \(init\) goes on with a0 = -?\d+$", r"open \(\) at .*usys\.S")
    match("x/2i", next(said), r"^ .*\becall$", r"^=> .*\bret$")
    match("back-to-user", next(said), r"process 1 \(init\) is in user mode: into-kernel leads to its next system call")
    match("ubreak", next(said), r"^nosuch: no such place in sh$")
    match("ubreak", next(said), r"^Breakpoint 2 at 0x1234560$")
    match("ubreak", next(said), r"^Breakpoint 3 at 0x.*user/sh/main\.c")
    match("continue", next(said), r"hit Breakpoint 3, main \(argc=1, .* at user/sh/main\.c:")
    call = next(said)
    match("into-kernel", call, r"^process 2 \(sh\): system call \d+$", r"^#0 +sys_\w+ \(p=")
    match("harts", next(said), r" kernel +0xffffffff80\w+ process 2 \(sh\) +kernel/sys/\w+\.c:\d+$")
    match("back-to-user", next(said), r"^process 2 \(sh\) goes on with a0 = ")
    same("a7", int(next(said).split()[-1], 16), int(re.search(r"system call (\d+)", call)[1]))
    match("into-kernel 1", next(said), r"^process 1 \(init\) is in the kernel")


def test_gdb_step_unified(context):
    """From user code into the function of its system call, and back to the instruction behind the ecall."""
    steps(context, "unified")


def test_gdb_step_global(context):
    """As step-unified, where user mode maps nothing of the kernel."""
    steps(context, "global")


def test_gdb_step_fullcopy(context):
    steps(context, "fullcopy")


def test_gdb_step_sharedroot(context):
    steps(context, "sharedroot")

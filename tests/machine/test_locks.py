# SPDX-License-Identifier: MIT
"""test_locks.py - locks, deadlocks, lost wake-ups and data races: each mistake of a small kernel is told, the kernel
without a mistake gets no word (tests/machine/locks/kernel.h)."""
import glob
import os

from glassrun import CC, demand, golden, run
from machine import Failure, columns

DIRECTORY = "tests/machine/locks"
# The facts of debug information that the checks of locks use.
QUESTIONS = {"PROC_SIZE": "sizeof(struct proc)", "PROC_PID": "&((struct proc *)0)->pid",
             "PROC_NAME": "&((struct proc *)0)->name", "PROC_STATE": "&((struct proc *)0)->state",
             "PROC_CHAN": "&((struct proc *)0)->chan", "CPU_SIZE": "sizeof(struct cpu)",
             "CPU_NOFF": "&((struct cpu *)0)->noff",
             "CPU_PROC": "&((struct cpu *)0)->proc", "AT_PROC": "&proc", "COUNT_PROC": "sizeof(proc)/sizeof(proc[0])",
             "AT_CPUS": "&cpus", "STATE_SLEEPING": "SLEEPING", "STATE_RUNNABLE": "RUNNABLE"}
# Each mistake: how the run ends (3: reports; 124: it hangs; 1: panic), and the first line of the report.
MISTAKES = {
    "ORDER": (3, r'lock order reversed: kexit \(\S+\) takes "wait_lock" \(\S+\) while it holds "proc" \(\S+\); '
                 r'elsewhere "proc" \(\S+\) is taken while "wait_lock"'),
    "TO_USER": (1, r'hart \d returns to user mode with the spinlock "beeper" \(\S+\) held, taken by sys_beep '),
    "ACROSS": (1, r'hart \d leaves the process with the spinlock "clock" \(\S+\) held, taken by sys_nap '),
    "TWICE": (1, r'sys_beep \(\S+\) takes the spinlock "beeper" \(\S+\), which its own hart \d holds already'),
    "NOT_HELD": (1, r'sys_beep \(\S+\) releases the spinlock "beeper" \(\S+\), which is free already'),
    "OPEN": (3, r'interrupts are on while hart \d holds the spinlock "clock" \(\S+\), taken by sys_nap '),
    "LOST": (124,
             r'lost wake-up: pid \d+ \(writer\) sleeps for ever in pipewrite \(\S+\); piperead \(\S+\) made true '),
    "SLEEP_EARLY": (124, r'sleep \(\S+\) gives "\S+" \(\S+\) back before it holds p->lock: a wakeup'),
    "WAIT_ONCE": (3,
                  r'pid \d+ \(locker\) takes the sleep lock "file 0" \(\S+\) in acquiresleep \(\S+\), and another'),
    "NO_UNLOCK": (124, r'pid \d+ \(locker\) returns to user mode with the sleep lock "file 0" .* taken by sys_file '),
    "CROSSED": (124, r'deadlock: pid \d+ \(locker\) waits for the sleep lock "file [01]"'),
}


def build(context, mistake, flags):
    """The kernel with that mistake, and the file of facts about it."""
    path = os.path.join(context.dir, mistake)
    context.must([*CC, *flags, "-g", "-fno-omit-frame-pointer", f"-I{DIRECTORY}", "-Itests/machine",
                  f"-DMISTAKE={mistake}", "-o", path, *sorted(glob.glob(f"{DIRECTORY}/*.c"))])
    command = ["gdb-multiarch", "-q", "-batch", "-nx", path]
    for name, question in QUESTIONS.items():
        command += ["-ex", f"printf \"{name} 0x%lx\\n\", (unsigned long)({question})"]
    with open(path + ".facts", "w", encoding="utf-8") as f:
        f.write(context.must(command))
    return path


def lines(context, mistake, *options, status=0, seed="1", harts="3", flags=()):
    """Returns the machine's output for the kernel."""
    path = build(context, mistake, flags)
    text = run(context, "--harts", harts, "--seed", seed, "--max", "100000000", *options, "--facts",
               path + ".facts", path, status=status)
    wide = [x for x in text.splitlines() if columns(x) > 80]
    if wide:
        raise Failure(f"more than 80 columns: {wide[0]}")
    return text


def watch(context, mistake, *options, **more):
    """The output as words with one space between."""
    return " ".join(lines(context, mistake, *options, **more).split())


def test_locks_silent(context):
    """The kernel without a mistake gets no report, with any seed, with --races too."""
    for seed in ("1", "2", "3"):
        for options in ([], ["--races"]):
            said = watch(context, "NO_MISTAKE", *options, seed=seed)
            if said:
                raise Failure(f"a correct kernel gets a report with seed {seed}: {said[:200]}")


def test_locks_ways(context):
    """Correct kernels that do what few kernels do get no report."""
    for way, *options in ("LOCK_AGAIN",), ("PROGRAM_LOCK",), ("LATER_LOCKED", "--races"):
        said = watch(context, way, *options)
        if said:
            raise Failure(f"a correct kernel gets a report, {way}: {said[:200]}")


def test_locks_mistakes(context):
    """Each mistake is told in the first line, with its function."""
    for mistake, (status, pattern) in MISTAKES.items():
        demand(watch(context, mistake, status=status), "glass: " + pattern)


def test_locks_order(context):
    """For locks that are taken in both orders, both paths are reported."""
    demand(watch(context, "ORDER", status=3),
           r'since: then "wait_lock" .* kexit .* since: "wait_lock" \(\S+\) was taken: kwait ')


def test_locks_stuck(context):
    """Harts that spin for ever: the reader that left its count behind is told, and the lock that each one waits for."""
    text = watch(context, "LEAKED", status=124, harts="4")
    demand(text, r"stuck: read_enter \(\S+\) on hart \d changed the word at \S+ to \S+, and went back to wait "
                 r"without taking that back; hart \d waits for it",
           r"hart \d spins in write_enter\S* .* stored by read_enter ")


def test_locks_races(context):
    """Stores without a common lock, and a look behind the release; a peek at the clock is no race."""
    demand(watch(context, "RACE", "--races", status=3, harts="4"),
           r"data race: allocpid \(\S+\) stores the word at 0x[0-9a-f]+, and so does allocpid ")
    demand(watch(context, "CHECK_LATER", "--races", status=3),
           r'data race: put \(\S+\) decides by the word at 0x[0-9a-f]+ after it has released "page"')


def test_locks_unnamed(context):
    """Functions of locks that have other names are known by their code."""
    names = ["-Dacquire=enter", "-Drelease=leave"]
    demand(watch(context, "TO_USER", status=1, flags=names), "glass: " + MISTAKES["TO_USER"][1])
    said = watch(context, "NO_MISTAKE", "--races", flags=names)
    if said:
        raise Failure(f"a correct kernel gets a report: {said[:200]}")


def test_locks_zh(context):
    """The reports in Chinese, word for word: tests/golden/watch-locks-zh.txt, as test_words.py has others."""
    text = "".join(f"## {mistake}\n{golden(lines(context, mistake, '--lang', 'zh', status=status))}\n"
                   for mistake, (status, _) in MISTAKES.items())
    seen = os.path.join(context.dir, "watch-locks-zh.txt")
    with open(seen, "w", encoding="utf-8") as f:
        f.write(text)
    with open("tests/golden/watch-locks-zh.txt", encoding="utf-8") as f:
        if f.read() != text:
            raise Failure(f"tests/golden/watch-locks-zh.txt and {seen} differ")

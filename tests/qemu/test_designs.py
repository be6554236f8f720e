# SPDX-License-Identifier: MIT
"""test_designs.py - the other designs of the kernel's page table pass what the default one passes."""
from machine import Failure

DESIGNS = ("global", "fullcopy", "sharedroot")
HARTS = (1, 3, 8)

# What each run does; the marks that end a command well or badly.
COMMANDS = (
    ("usertests", "ALL TESTS PASSED", "SOME TESTS FAILED"),
    ("xv6check", "xv6check: OK", "xv6check: FAIL"),
    ("mmaptest", "mmaptest: OK", "mmaptest: FAIL"),
    ("forkstress", "forkstress: OK", "forkstress: FAIL"),
    ("fpstress", "fpstress: OK", "fpstress: FAIL"),
    ("grind 4 100", "grind: OK", "grind: FAIL"),
)

# Debug builds compare the two views of user memory after each system call, which takes its time: there, the
# sub-tests that change memory in every way.
CHECKED = (
    ("usertests copyin copyout sbrkbasic sbrkmuch sbrkfail forkpages stacktest exectest bigargtest mem lazyout "
     "execout pipe1 twochildren",
     "ALL TESTS PASSED", "SOME TESTS FAILED"),
) + COMMANDS[1:4]


# As much as fits into the smallest machine.
SMALL = (("memstress 3 25 3", "memstress: OK", "memstress: FAIL"),)


def run_all(context, design, commands=COMMANDS, **how):
    with context.machine(append=f"kpt={design} quiet", **how) as m:
        if f"kpt={design}" not in m.boot():
            raise Failure("the banner does not name the design")
        for command, good, bad in commands:
            m.run_verdict(command, good, bad, hang=180)
        m.poweroff()


for design in DESIGNS:
    for n in HARTS:
        globals()[f"test_{design}_{n}"] = lambda context, d=design, n=n: run_all(context, d, cpus=n)

    globals()[f"test_{design}_32M"] = lambda context, d=design: run_all(
        context, d, COMMANDS + SMALL, cpus=3, mem="32M")
    globals()[f"test_{design}_checked"] = lambda context, d=design: run_all(
        context, d, CHECKED, cpus=3, variant="DEBUG")


def scattered(context, design):
    """Everything that can be done with memory, at random, by many processes, on 8 harts that switch at random."""
    for seed in (1, 2):
        with context.machine(append=f"kpt={design} quiet preempt={seed}", cpus=8) as m:
            m.boot()
            m.run_verdict(f"memstress {seed} 40 12", "memstress: OK", "memstress: FAIL", hang=180)
            m.run_verdict(f"grind {seed} 100", "grind: OK", "grind: FAIL", hang=180)
            m.run_verdict("forkstress", "forkstress: OK", "forkstress: FAIL", hang=180)
            m.poweroff()


for design in ("unified",) + DESIGNS:
    globals()[f"test_memstress_{design}"] = lambda context, d=design: scattered(context, d)


def test_unknown_design(context):
    with context.machine(append="kpt=rainbow quiet") as m:
        text = m.boot()
        if "no such design" not in text or "kpt=unified" not in text:
            raise Failure("an unknown design is not named, or not replaced by the default")
        m.poweroff()


def test_mmap(context):
    """Mappings of files and memory, in the default design."""
    run_all(context, "unified", COMMANDS[2:3], cpus=3)


def test_small(context):
    """What usertests and grind do not do, in the default design, with 32 MiB."""
    run_all(context, "unified", COMMANDS[1:5] + SMALL, cpus=3, mem="32M")

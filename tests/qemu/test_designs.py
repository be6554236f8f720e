# SPDX-License-Identifier: MIT
"""test_designs.py - the other designs of the kernel's page table, and the other modes of translation, pass the
tests that the default ones pass."""
from machine import Failure

DESIGNS = ("global", "fullcopy", "sharedroot")
HARTS = {1: " asids=0", 3: " asids=4", 8: ""}  # and the identifiers they may use: none, few, all
WHOLE_HARTS = {"global": 3}  # the design that runs everything, and on how many
MODES = {"sv39": "Sv39", "sv48": "Sv48", "sv57": "Sv57"}
DEEPER = {"sv48": 2, "sv57": 3}  # and the harts they run on
WHOLE = {"sv57": ("sharedroot",)}  # the designs that run everything there

# The commands of each run; the marks of their success and failure.
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
     "execout pipe1 twochildren deferredown deferredunmap deferredcopies",
     "ALL TESTS PASSED", "SOME TESTS FAILED"),
) + COMMANDS[1:4]

# These and sub-tests without relation to memory, for one kind of many: a whole run of usertests takes a minute. With
# --long all of them run for each.
SHORT = CHECKED + COMMANDS[4:]

# Commands that fit into the smallest machine.
SMALL = (("memstress 3 25 3", "memstress: OK", "memstress: FAIL"),)


def run_all(context, design, commands=COMMANDS, words="", mode="sv39", **how):
    with context.machine(append=f"kpt={design} mmu={mode} quiet{words}", **how) as m:
        if f" {MODES[mode]}, kpt={design}\n" not in m.boot():
            raise Failure("the banner does not name mode and design")
        for command, good, bad in commands:
            m.run_verdict(command, good, bad, hang=180)
        m.poweroff()


def whole(name, *args, **how):
    """Defines test_NAME_all, with all commands, for --long."""

    def test(context):
        run_all(context, *args, **how)

    test.is_long = True
    globals()[f"test_{name}_all"] = test


for design in DESIGNS:
    for n, asids in HARTS.items():
        globals()[f"test_{design}_{n}"] = lambda context, d=design, n=n, a=asids: run_all(
            context, d, COMMANDS if n == WHOLE_HARTS.get(d) else SHORT, words=a, cpus=n)
        if n != WHOLE_HARTS.get(design):
            whole(f"{design}_{n}", design, words=asids, cpus=n)

    globals()[f"test_{design}_32M"] = lambda context, d=design: run_all(
        context, d, SHORT + SMALL, cpus=3, mem="32M")
    whole(f"{design}_32M", design, COMMANDS + SMALL, cpus=3, mem="32M")
    globals()[f"test_{design}_checked"] = lambda context, d=design: run_all(
        context, d, CHECKED, cpus=3, variant="DEBUG")


def scattered(context, design):
    """Everything that can be done with memory, at random, by many processes, on 8 harts that switch at random."""
    for seed, mode in enumerate(("sv39", "sv39", *DEEPER), 1):
        with context.machine(append=f"kpt={design} mmu={mode} quiet preempt={seed}", cpus=8) as m:
            m.boot()
            m.run_verdict(f"memstress {seed} 40 12", "memstress: OK", "memstress: FAIL", hang=180)
            m.run_verdict(f"grind {seed} 100", "grind: OK", "grind: FAIL", hang=180)
            m.run_verdict("forkstress", "forkstress: OK", "forkstress: FAIL", hang=180)
            m.poweroff()


for design in ("unified",) + DESIGNS:
    globals()[f"test_memstress_{design}"] = lambda context, d=design: scattered(context, d)


for mode, n in DEEPER.items():
    for design in ("unified",) + DESIGNS:
        globals()[f"test_{mode}_{design}"] = lambda context, m=mode, d=design, n=n: run_all(
            context, d, COMMANDS if d in WHOLE.get(m, ()) else SHORT, mode=m, cpus=n)
        if design not in WHOLE.get(mode, ()):
            whole(f"{mode}_{design}", design, mode=mode, cpus=n)


def test_unknown_mode(context):
    """It is named; the default is used. The last word of several counts."""
    for words, mode in (("mmu=sv64", "Sv39"), ("mmu=sv39x", "Sv39"), ("mmu=sv57 mmu=sv48", "Sv48")):
        with context.machine(append=f"{words} quiet") as m:
            text = m.boot()
            m.poweroff()
        if ("the choices are sv39, sv48, sv57; ignored" in text) != (mode == "Sv39") or f" {mode}, kpt=" not in text:
            raise Failure(f"{words}: {text!r}")


def test_unknown_design(context):
    with context.machine(append="kpt=rainbow quiet") as m:
        text = m.boot()
        if "kpt=rainbow: the choices are unified, " not in text or "kpt=unified" not in text:
            raise Failure("an unknown design is not named, or not replaced by the default")
        m.poweroff()


def test_asids(context):
    """Few identifiers, on many harts, in the default design; which of them hold entries changes all the time."""
    run_all(context, "unified", SHORT, words=" asids=4", cpus=8)


whole("asids", "unified", words=" asids=4", cpus=8)


def test_asids_bad(context):
    """A number is limited to that of the harts; an invalid one is reported."""
    for word, found in (("asids=many", 65535), ("asids=99999", 65535), ("asids=7", 7), ("asids=0", 0)):
        with context.machine(append=f"quiet {word}") as m:
            text = m.boot()
            if ("the choices are 0, 1, 2, ..." in text) != (word == "asids=many"):
                raise Failure(f"{word}: the console says {text}")
            if f"asids: {found}, " not in m.run("stats"):
                raise Failure(f"{word}: the kernel does not use {found} identifiers")
            m.poweroff()


def test_mmap(context):
    """Mappings of files and memory, in the default design."""
    run_all(context, "unified", COMMANDS[2:3], cpus=3)


def test_small(context):
    """The other commands, without usertests and grind, in the default design, with 32 MiB."""
    run_all(context, "unified", COMMANDS[1:5] + SMALL, cpus=3, mem="32M")

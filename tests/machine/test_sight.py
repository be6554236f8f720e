# SPDX-License-Identifier: MIT
"""test_sight.py - reports of the glass machine name functions, lines and calls of the kernel."""
import os
import re

from glassrun import CC, demand, in_order, line_with, run
from machine import Failure

SOURCE = "tests/machine/stale.c"
AGAIN = "^glass: trap loop: hart 0 takes the same trap again and again: "
ENTRY = ["-DAFTER_ENTRY=none", "-DAFTER_SATP=fence"]  # the kernel without the fence after the change of an entry
SATP = ["-DAFTER_ENTRY=fence", "-DAFTER_SATP=none"]
CORRECT = ["-DAFTER_ENTRY=fence", "-DAFTER_SATP=fence"]


def build(context, *flags):
    path = os.path.join(context.dir, "stale")
    context.must([*CC, "-fno-omit-frame-pointer", *flags, "-o", path, SOURCE])
    return path


def report(context, *flags):
    """The machine's output for the kernel, with single spaces between words; each line has at most 80 columns."""
    text = run(context, "--harts", "1", build(context, *flags), status=3)
    wide = [x for x in text.splitlines() if len(x) > 80]
    if wide:
        raise Failure(f"more than 80 columns: {wide[0]}")
    return " ".join(text.split())


def test_sight_names(context):
    """A missing fence is told with the function and line of both sides, with the calls; DWARF 2, 4, 5."""
    place = r"in {}\+0x[0-9a-f]+ \((?:tests/)?machine/stale.c:{}\)"
    satp = line_with("csrw satp", "tests/machine/small.h")
    satp = fr"in switch_tree\+0x[0-9a-f]+ \((?:tests/)?machine/small.h:{satp}\)"
    read = place.format("look", line_with("*(volatile int *)WINDOW", SOURCE))
    for version in ("-gdwarf-2", "-gdwarf-4", "-gdwarf-5"):
        in_order(report(context, version, *ENTRY),
                 f"^glass: stale translation: hart 0 reads 0x40000000 {read}",
                 r"from: look .*< visit .*< supervisor .*walk: memory says",
                 "since: hart 0 changed the entry at .* "
                 + place.format("remap", line_with("leaves[0])[0] = entry", SOURCE)), "rule: ",
                 "do: sfence.vma after the store", "reports: 1")
        in_order(report(context, version, *SATP),
                 f"^glass: stale translation: hart 0 reads 0x40000000 {read}",
                 r"from: look .*< visit .*< supervisor .*walk: memory says",
                 "since: hart 0 wrote satp " + satp,
                 "rule: ", "do: sfence.vma zero, zero after the write of satp", "reports: 1")


def test_sight_plain(context):
    """Without lines the function is named, without symbols the address; a correct kernel gets no word."""
    demand(report(context, *ENTRY), r"in look\+0x[0-9a-f]+, step", "from: look .*< visit .*< supervisor")
    text = report(context, "-s", *ENTRY)
    demand(text, "hart 0 reads 0x40000000 at pc 0x8000[0-9a-f]+, step", "at pc 0x8000[0-9a-f]+, [0-9]+ steps ago")
    if re.search("from: ", text):
        raise Failure(f"calls without names: {text}")
    silent = run(context, "--harts", "1", build(context, "-g", *CORRECT))
    if silent:
        raise Failure(f"a correct kernel gets a report: {silent}")


def test_sight_waiting(context):
    """When all harts wait for ever, each one's place is told."""
    path = os.path.join(context.dir, "prompt")
    context.must([*CC, "-g", "-fno-omit-frame-pointer", "-o", path, "tests/machine/prompt.c"])
    text = " ".join(run(context, "--harts", "2", path, "--", "wait", status=125).split())
    in_order(text, "no prompt .* next line glass: hart 0 waits in machine mode in [a-z]+.*prompt.c:[0-9]+.; interrupts",
             ": mie 0x0",
             "from: .*start .*< _entry", r"hart 1 waits in machine mode in _entry\+0x")


def trap_loop(context, kind, status):
    path = os.path.join(context.dir, "loop")
    context.must([*CC, "-g", "-fno-omit-frame-pointer", f"-DKIND={kind}", "-o", path, "tests/machine/traploop.c"])
    return " ".join(run(context, "--harts", "1", "--max", "100000", path, status=status).split())


def test_sight_traploop(context):
    """A handler that traps itself is told, once, with the trap before it; a working one gets no report."""
    in_order(trap_loop(context, "deep", 124),
             r"^glass: trap loop: hart 0 stops for ever in descend\+0x2 \S+ store page fault at address 0x40000",
             r"from: descend .*\(8 times\) < \.\.\. walk", ": satp .*level 0: entry 0x0 at .*V is 0, nothing is mapped",
             r"rule: .* stvec says, 0x[0-9a-f]+, in handler\+0x0", "do: sp is 0x40000.*calls went too deep")
    text = trap_loop(context, "none", 124)
    in_order(text, AGAIN + "instruction access fault at address 0x0, at pc 0x0",
             "since: the trap before, [0-9]+ steps ago: illegal instruction 0x0, in start", "rule: .* mtvec says, 0x0",
             "do: write the address of a handler")
    if text.count("trap loop") != 1:
        raise Failure(f"told more than once: {text}")
    in_order(trap_loop(context, "noroot", 124), "instruction access fault at address 0x8000",
             "walk: satp 0x8000000000000001;", "do: satp names a root that is not in RAM")
    silent = trap_loop(context, "good", 0)
    if silent:
        raise Failure(f"a handler that works gets a report: {silent}")

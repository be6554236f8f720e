# SPDX-License-Identifier: MIT
"""test_count.py - exact counts of the glass machine: --count."""
import os
import re

from glassrun import CC, FIRMWARE, demand, run
from machine import Failure

# The instructions of hart 0 in tests/machine/isa/count.S, by mode and function.
EXPECTED = {
    ("M", "_start"): 15,
    ("M", "long"): 2 + 2 * 0x20000,
    ("M", "lock"): 20,
    ("M", "across"): 8,
    ("M", "(elsewhere)"): 1,  # the fetch that traps
    ("M", "faulted"): 1,
    ("M", "enter"): 5,
    ("U", "(user)"): 5,
    ("M", "handler"): 3 + 9 + 9 + 5,
    ("M", "finish"): 4,
}


class Counts:
    """The contents of --count=FILE: the cells are (hart, mode, function) -> [steps, AMOs in vain, turns given]."""

    def __init__(self, path):
        self.cells, self.calls = {}, {}
        with open(path, encoding="utf-8") as f:
            for line in f:
                kind, *words = line.rstrip("\n").split("\t")
                if kind == "position":
                    self.position = int(words[0])
                elif kind == "function":
                    numbers = [int(w) for w in words[4:]]
                    cell = self.cells.setdefault((int(words[0]), words[1], words[2]), [0, 0, 0])
                    cell[:] = [a + b for a, b in zip(cell, numbers)]
                elif kind == "spurious":
                    self.spurious = int(words[0])
                elif kind == "call":
                    self.calls[int(words[0])] = tuple(int(w) for w in words[1:])
                else:
                    raise Failure(f"a line of another kind: {line!r}")
        total = sum(cell[0] for cell in self.cells.values())
        if total != self.position:
            raise Failure(f"the functions have {total} instructions, the run {self.position}")


def equal(what, found, expected):
    if found != expected:
        raise Failure(f"{what}: {found}, not {expected}")


def counted(context, *words):
    path = os.path.join(context.dir, "counts")
    run(context, f"--count={path}", *words)
    return Counts(path)


def test_count(context):
    """Each function, mode and call of a known program has its number, also while another hart waits."""
    program = os.path.join(context.dir, "count.elf")
    context.must([*CC, "-Wl,--no-relax", "-Wl,-e,_start", "-o", program, "tests/machine/isa/count.S"])
    for harts, turn in ((1, 1000), (1, 1), (2, 3), (2, 10)):
        counts = counted(context, "--harts", str(harts), "--turn", str(turn), program)
        where = f"{harts} harts, turns of {turn}"
        equal(where, {key[1:]: c[0] for key, c in counts.cells.items() if key[0] == 0}, EXPECTED)
        equal(f"{where}: AMOs in vain", {k[2]: c[1] for k, c in counts.cells.items() if c[1]}, {"lock": 4})
        equal(f"{where}: calls", counts.calls, {7: (2, 18)})
        if harts == 2 and counts.cells[1, "M", "wait"][2] == 0:
            raise Failure(f"{where}: hart 1 waits and has given no turn away")
    demand(run(context, "--harts=1", "--count", program), r"\n7 +2 +18 +9\.0\n", r"\n +262146 +\d+\.\d% +0 +0  long\n",
           rf"\nall +5 +0 +{sum(EXPECTED.values()) - 5} +{sum(EXPECTED.values())}\n")
    demand(run(context, "--count=/nonexistent/x", program, status=2), "cannot be written")


def test_count_vitrine(context):
    """Counting does not change a run of Vitrine; all its instructions are in the table."""
    words = ["--firmware", FIRMWARE, "--append", "quiet", "--hash", context.options.kernel, context.options.image,
             "--", "usertests pipe1", "poweroff"]
    plain, table = run(context, *words), run(context, "--count", *words)
    hashes = [re.search("hash .* at ([0-9]+)", text) for text in (plain, table)]
    equal("counted", hashes[1][0], hashes[0][0])
    demand(table, rf"\nall +\d+ +\d+ +\d+ +{hashes[0][1]}\n", r"\ncall +times", r"\nspurious +\d+  ")
    if max(len(line) for line in table[table.index("\nhart  "):].splitlines()) > 80:
        raise Failure("a line of the table is longer than 80 columns")
    counts = counted(context, *words)
    equal("the position", counts.position, int(hashes[0][1]))
    equal("spurious", str(counts.spurious), re.search(r"\nspurious +(\d+)", table)[1])
    if not counts.calls or (0, "U", "(user)") not in counts.cells:
        raise Failure("no calls or no user instructions were counted")

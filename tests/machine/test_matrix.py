# SPDX-License-Identifier: MIT
"""test_matrix.py - Vitrine on the glass machine, strict: each design, mode and number of harts, with many seeds.

A correct kernel gets no report; processes that the programs let be killed are explained in notes. In the gate one of
each is run, with the programs that change memory most; with --long all of them, with usertests and ten seeds.
"""
import os
import re

from glassrun import FIRMWARE, demand, glass, reports
from machine import Failure, slowness

DESIGNS = ("unified", "global", "fullcopy", "sharedroot")
MODES = {"sv39": "Sv39", "sv48": "Sv48", "sv57": "Sv57"}
HARTS = (1, 3, 8)
SEEDS = range(1, 11)
STRESS = ["mmaptest", "forkstress 2", "memstress {seed} 5 5", "grind {seed} 20"]
LONG = ["usertests", "xv6check", "mmaptest", "forkstress", "fpstress", "memstress {seed} 40 12", "grind {seed} 100"]

# In the gate: each design, mode and number of harts at least once.
SOME = {("unified", "sv39", 3): "strict", ("global", "sv57", 8): "strict", ("fullcopy", "sv48", 1): "oldest",
        ("sharedroot", "sv39", 8): "random", ("unified", "sv57", 1): "late"}


def run(context, design, mode, harts, seed, programs, tlb="strict"):
    lines = [p.format(seed=seed) for p in programs]
    code, text = context.sh(
        ["timeout", "-k", "5", str(int(600 * slowness())), glass(context), "--harts", str(harts), "--seed", str(seed),
         "--tlb", tlb, "--mmu", mode, "--firmware", FIRMWARE, "--append", f"kpt={design} mmu={mode} quiet",
         context.options.kernel, context.options.image, "--", *lines, "poweroff"])
    wrong = reports(text) + re.findall(r"^.*(?:FAIL|panic).*$", text, re.M)
    if code or wrong:
        raise Failure(f"seed {seed}: status {code}: {wrong[0] if wrong else text.strip().splitlines()[-1]}")
    demand(text, f" {MODES[mode]}, kpt={design}\n")
    ended = len(re.findall(r"ALL TESTS PASSED|: OK$", re.sub(r"^test .*$", "", text, flags=re.M), re.M))
    if ended < len(lines):
        raise Failure(f"seed {seed}: {ended} of {len(lines)} programs say that all is well")


def whole(context, design, mode, harts):
    for seed in SEEDS:
        run(context, design, mode, harts, seed, LONG)


def add(name, function, is_long):
    function.is_long = is_long
    globals()[f"test_matrix_{name}"] = function


for d in DESIGNS:
    for m in MODES:
        for h in HARTS:
            add(f"{d}_{m}_{h}", lambda context, d=d, m=m, h=h: whole(context, d, m, h), True)

for (d, m, h), t in SOME.items():
    add(f"{t}_{d}_{m}_{h}", lambda context, d=d, m=m, h=h, t=t: run(context, d, m, h, h, STRESS, t), False)


def test_matrix_many_processes(context):
    """More page tables than a check remembers come and go; a tree of another process is no mirror of memory."""
    run(context, "unified", "sv39", 3, 1, ["usertests reparent2 forkfork forkforkfork twochildren"])


def test_matrix_not_the_trap(context):
    """Interrupts that end long system calls are no storm. A process that dies after a trap need not die of it."""
    run(context, "unified", "sv39", 1, 1, ["usertests pgmaprace deferredunmap killsleeper"])

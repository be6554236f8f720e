# SPDX-License-Identifier: MIT
"""test_fences.py - without any one fence of the kernel's own code, the glass machine reports or the kernel fails.

Each fence of the built kernel (tools/fences.py) is made a nop, and programs that change memory in every way are run, at
most once for each seed. With --tlb strict the run without the fence is the run with it, instruction by instruction; if
more accesses could fault spuriously (--count), the fence is one that saves processes a second fault. The file
fences.txt has the fences whose absence no run detects, with the reason: `NAME: REASON`, or `NAME + NAME: REASON` if
the second one hides the first; a run without both must detect that.
"""
import os
import re

import fences
from glassrun import FIRMWARE, glass
from machine import Failure, slowness

EXEMPT = "tests/machine/fences.txt"
PROGRAMS = ["forkstress 2", "mmaptest", "grind 4 20", "memstress 1 5 5",
            "usertests mapcode copycode mapsync aheadcopy"]
MORE = ["usertests deferredown deferredunmap deferredcopies exectest"]  # from the fifth seed on
FAILURE = re.compile(r"^(glass: (?!reports: ).*|.*FAIL.*|.*panic.*)$", re.M)

# For each seed the design, the number of harts, the TLB, and words for the kernel about ASIDs and modes. With one hart
# a process always returns to entries that its hart has cached.
RUNS = (("unified", 3, "strict", ""), ("fullcopy", 3, "strict", ""), ("unified", 3, "exact", "asids=4 mmu=sv57"),
        ("fullcopy", 3, "exact", "asids=0"), ("unified", 1, "strict --svade", ""), ("fullcopy", 1, "exact", ""),
        ("unified", 3, "exact", "asids=0"), ("fullcopy", 3, "strict --svade", "asids=4"),
        ("global", 3, "exact", "asids=0"), ("sharedroot", 3, "strict", ""))

# In the gate: a fence of each kind, and a seed that detects its absence.
SOME = {"secondary_high 1": 1, "fence_view 1": 1, "switch_to 1 < sched": 1, "tlb_changed 1 < faultaround_map": 1}


def spurious(path):
    """The accesses of a counted run that an old entry could have stopped."""
    with open(path, encoding="utf-8") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("spurious\t"))


def noticed(context, kernel, seed, usual):
    """How a run with that seed goes wrong; None: it does not. `usual`: spurious faults of the whole kernel, by seed."""
    design, harts, tlb, words = RUNS[seed - 1]
    strict = tlb.startswith("strict")
    programs = PROGRAMS + (MORE if seed > 4 else [])
    counts = os.path.join(context.dir, "counts")
    code, text = context.sh(
        ["timeout", "-s", "KILL", str(int(300 * slowness())), glass(context), "--harts", str(harts),
         "--seed", str(seed), "--tlb", *tlb.split(), *([f"--count={counts}"] if strict else []), "--max", "500000000",
         "--firmware", FIRMWARE, "--append", f"quiet kpt={design} {words}", kernel,
         context.options.image, "--", *programs])
    if code in (137, -9):
        raise Failure(f"seed {seed}: neither the programs end nor --max is reached")
    found = FAILURE.search(text)
    if found or code:
        return f"seed {seed}: {found[0] if found else f'status {code}'}"
    faults = spurious(counts) if strict else 0
    if faults > usual.setdefault(seed, faults):
        return f"seed {seed}: {faults} accesses may fault although their entries allow them, not {usual[seed]}"
    return None


def without(context, some, seeds, usual):
    """How the kernel without these fences fails, with the first seed that detects it; None: with none."""
    path = os.path.join(context.dir, "kernel")
    fences.write_without(context.options.kernel, some, path)
    return next(filter(None, (noticed(context, path, seed, usual) for seed in seeds)), None)


def exempt():
    """The lists of names of fences.txt: the first alone is not noticed, all of a list together are."""
    with open(EXEMPT, encoding="utf-8") as f:
        return [line.split(": ", 1)[0].split(" + ") for line in f if line.strip() and not line.startswith("#")]


def clean(context, seeds):
    """The spurious faults of the whole kernel, by seed."""
    usual = {}
    for seed in seeds:
        wrong = noticed(context, context.options.kernel, seed, usual)
        if wrong:
            raise Failure(f"with all fences, {wrong}")
    return usual


def test_fences(context):
    """Some of them, each with a seed that is known to notice."""
    found = {f.name: f for f in fences.fences(context.options.kernel)}
    usual = clean(context, sorted(set(SOME.values())))
    for name, seed in SOME.items():
        if name not in found:
            raise Failure(f"the kernel has no fence {name}")
        if not without(context, [found[name]], [seed], usual):
            raise Failure(f"without {name} nothing is noticed")


def test_fences_all(context):
    """All of them, within ten seeds; those of fences.txt with the one that hides them, of which a report must tell."""
    seeds, lists = range(1, len(RUNS) + 1), exempt()
    usual = clean(context, seeds)
    found = {f.name: f for f in fences.fences(context.options.kernel)}
    strange = sorted({n for names in lists for n in names} - set(found))
    if strange:
        raise Failure(f"in {EXEMPT}, but not in the kernel: {', '.join(strange)}")
    reports = dict.fromkeys(seeds, float("inf"))  # spurious faults do not count
    tried = [([n], usual) for n in found if n not in {names[0] for names in lists}]
    tried += [(names, reports) for names in lists if len(names) > 1]
    missed = [" + ".join(names) for names, most in tried
              if not without(context, [found[n] for n in names], seeds, most)]
    if missed:
        raise Failure(f"not noticed: {', '.join(missed)}")


test_fences_all.is_long = True

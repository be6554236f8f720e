# SPDX-License-Identifier: MIT
"""test_fences.py - without any one fence of the kernel's own code, the glass machine reports or the kernel fails.

Each fence of the built kernel (tools/fences.py) is made a nop, and programs that change memory in every way are run, at
most once for each seed. Fences whose absence no run detects are in fences.txt, with the reason: `NAME: REASON`, or
`NAME + NAME: REASON` if the second one hides the first; a run without both must detect that.
"""
import os
import re

import fences
from glassrun import FIRMWARE, glass
from machine import Failure, slowness

EXEMPT = "tests/machine/fences.txt"
PROGRAMS = ["forkstress 2", "mmaptest", "grind 4 20", "memstress 1 5 5", "usertests mapcode mapsync"]
MORE = ["usertests deferredown deferredunmap deferredcopies exectest"]  # from the fifth seed on
FAILURE = re.compile(r"^(glass: stale .*|.*FAIL.*|.*panic.*|glass: .*--max.*)$", re.M)

# For each seed the design, the number of harts, and words for the kernel about ASIDs and modes. With one hart a process
# always returns to entries that its hart has cached.
RUNS = (("unified", 3, ""), ("fullcopy", 3, ""), ("unified", 3, "asids=4"), ("fullcopy", 3, "asids=0"),
        ("unified", 1, "mmu=sv57"), ("fullcopy", 1, ""), ("unified", 3, "asids=0"), ("fullcopy", 3, "asids=4"),
        ("global", 3, "asids=0"), ("sharedroot", 3, ""))

# In the gate: a fence of each kind, and a seed that detects its absence.
SOME = {"secondary_high 1": 1, "fence_view 1": 1, "switch_to 1 < sched": 1, "tlb_changed 1 < uvmcopy": 1}


def noticed(context, kernel, seed):
    """How a run with that seed goes wrong; None: it does not. Every second run uses stale translations."""
    design, harts, words = RUNS[seed - 1]
    programs = PROGRAMS + (MORE if seed > 4 else [])
    code, text = context.sh(
        ["timeout", "-s", "KILL", str(int(300 * slowness())), glass(context), "--harts", str(harts),
         "--seed", str(seed), "--tlb", "oldest" if seed % 2 == 0 else "strict", "--max", "3000000000",
         "--firmware", FIRMWARE, "--append", f"quiet kpt={design} {words}", kernel,
         context.options.image, "--", *programs])
    if code in (137, -9):
        raise Failure(f"seed {seed}: neither the programs end nor --max is reached")
    found = FAILURE.search(text)
    if found or code not in (0, 3):
        return f"seed {seed}: {found[0] if found else f'status {code}'}"
    return None


def without(context, some, seeds):
    """How the kernel without these fences fails, with the first seed that detects it; None: with none."""
    path = os.path.join(context.dir, "kernel")
    fences.write_without(context.options.kernel, some, path)
    return next(filter(None, (noticed(context, path, seed) for seed in seeds)), None)


def exempt():
    """The lists of names of fences.txt: the first alone is not noticed, all of a list together are."""
    with open(EXEMPT, encoding="utf-8") as f:
        return [line.split(": ", 1)[0].split(" + ") for line in f if line.strip() and not line.startswith("#")]


def clean(context, seeds):
    for seed in seeds:
        wrong = noticed(context, context.options.kernel, seed)
        if wrong:
            raise Failure(f"with all fences, {wrong}")


def test_fences(context):
    """Some of them, each with a seed that is known to notice."""
    found = {f.name: f for f in fences.fences(context.options.kernel)}
    clean(context, sorted(set(SOME.values())))
    for name, seed in SOME.items():
        if name not in found:
            raise Failure(f"the kernel has no fence {name}")
        if not without(context, [found[name]], [seed]):
            raise Failure(f"without {name} nothing is noticed")


def test_fences_all(context):
    """All of them, within ten seeds; those of fences.txt with the one that hides them."""
    seeds, lists = range(1, len(RUNS) + 1), exempt()
    clean(context, seeds)
    found = {f.name: f for f in fences.fences(context.options.kernel)}
    strange = sorted({n for names in lists for n in names} - set(found))
    if strange:
        raise Failure(f"in {EXEMPT}, but not in the kernel: {', '.join(strange)}")
    alone = [[n] for n in found if n not in {names[0] for names in lists}]
    missed = [names for names in alone + [names for names in lists if len(names) > 1]
              if not without(context, [found[n] for n in names], seeds)]
    if missed:
        raise Failure(f"not noticed: {', '.join(' + '.join(names) for names in missed)}")


test_fences_all.is_long = True

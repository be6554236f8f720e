# SPDX-License-Identifier: MIT
"""benchdiff.py - figures of ./vitrine bench as files, and what has changed between two runs."""
import json
import re

FIGURES = "tools/figures.tsv"  # what the gate compares with: instructions of kpt=unified
MOVED = 0.01  # a row that --against names
WORSE = 0.02  # a row that the gate refuses


def as_json(results):
    """{design: {key: (instructions, microseconds)}} as text."""
    return json.dumps({d: {k: {"instr": i, "us": us} for k, (i, us) in found.items()}
                       for d, found in results.items()}, indent=1)


def from_tsv(text):
    """Reads the file that bench.py's save() has written."""
    saved = {}
    for line in text.splitlines()[1:]:
        design, key, instr, us = line.split("\t")[:4]
        saved.setdefault(design, {})[key] = (float(instr), float(us))
    return saved


def load(path):
    """A saved run: the output of --json, or a build/bench.tsv. Raises OSError or ValueError."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if text.startswith("design\t"):
        return from_tsv(text)
    try:
        return {d: {k: (float(row["instr"]), float(row["us"])) for k, row in found.items()}
                for d, found in json.loads(text).items()}
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ValueError(f"{path} is no saved run: neither of --json nor a bench.tsv") from None


def moved(before, now, limit=MOVED):
    """The rows of both whose instructions differ by more than the limit: [(design, key, before, now)]."""
    return [(d, k, before[d][k][0], instr) for d, found in now.items() for k, (instr, _) in found.items()
            if k in before.get(d, {}) and abs(instr - before[d][k][0]) > limit * before[d][k][0]]


def sentence(design, key, was, instr):
    return f"{design} {key}: {was:,.1f} instructions before, {instr:,.1f} now, {100 * (instr / was - 1):+.1f} %"


def compiler_of(kernel):
    """Returns the name of the kernel's compiler, from its debugging information."""
    with open(kernel, "rb") as f:
        found = re.search(rb"GNU C\d+ [\d.]+|clang version [\d.]+", f.read())
    return found[0].decode() if found else "an unknown compiler"


def write_figures(path, kernel, found):
    with open(path, "w", encoding="utf-8") as f:
        f.write("# SPDX-License-Identifier: MIT\n"
                "# Instructions of each row, kpt=unified, QEMU 7.2 under -icount shift=0; ./vitrine bench --figures\n"
                "# writes them. The gate refuses a row that needs over 2 % more, if the same compiler was used:\n"
                f"# {compiler_of(kernel)}\n")
        f.writelines(f"{key}\t{instr:.1f}\n" for key, instr in found.items())


def read_figures(path=FIGURES):
    """(the compiler, {key: instructions})"""
    with open(path, encoding="utf-8") as f:
        lines = f.read().splitlines()
    notes = [line for line in lines if line.startswith("#")]
    return notes[-1][2:], {k: float(i) for k, i in (line.split("\t") for line in lines[len(notes):])}


def worse(figures, found):
    """Returns the complaints of the gate: one sentence for each row that needs more, or is on one side only."""
    strange = [f"{key}: no figure in {FIGURES}; ./vitrine bench --figures" for key in found if key not in figures]
    strange += [f"{key}: not measured" for key in figures if key not in found]
    return strange + [sentence("unified", key, was, found[key]) for key, was in figures.items()
                      if key in found and found[key] > was * (1 + WORSE)]

# SPDX-License-Identifier: MIT
"""pageexercises.py - the exercises that the page can give: predict, and find in the small kernel.

The questions of predict are drawn here, with the seeds 1 to SEEDS. A kernel with a mistake is built once, and again
when its source has changed; of its debug information the page needs the lines alone.
"""
import hashlib
import json
import os
import shutil
import subprocess
import sys

TOOLS = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(TOOLS, "exercise"), TOOLS]

import facts  # noqa: E402
import find  # noqa: E402
import predict  # noqa: E402
import shelf  # noqa: E402
from minikernel import make_tree, sources  # noqa: E402

LANGS = ("en", "zh")
SEEDS = 5
CROSS = ("riscv64-unknown-elf-", "riscv64-linux-gnu-", "riscv64-elf-")  # as in the Makefile of the small kernel
NOT_NEEDED = ("info", "abbrev", "loclists", "aranges", "rnglists", "frame", "str")


def texts(e):
    """The words of an exercise in both languages."""
    parts = {lang: e.sections(lang) for lang in LANGS}
    return {"number": e.number, "kind": e.kind, "title": {lang: e.title(lang) for lang in LANGS},
            "text": {lang: parts[lang][0].split("\n", 1)[1].strip() for lang in LANGS},
            "hints": {lang: [parts[lang][n] for n in shelf.HINTS] for lang in LANGS},
            "solution": {lang: parts[lang][shelf.SOLUTION] for lang in LANGS},
            "reasons": {lang: e.reasons(lang) for lang in LANGS}}


def answer(right, reason):
    """An answer for JSON, whose numbers are too short for ours."""
    number = isinstance(right, int)
    return {"right": hex(right) if number else right, "number": number, "reason": reason}


def variant(e, seed):
    drawn = {lang: predict.draw(e, str(seed), lang) for lang in LANGS}
    return {"questions": {lang: drawn[lang][0] for lang in LANGS},
            "answers": {key: answer(*pair) for key, pair in drawn["en"][1].items()}}


def built(e, directory):
    """The kernel with the mistake, and what a debugger tells of it: two paths."""
    folder = os.path.join(directory, e.name)
    kernel, stamp = os.path.join(folder, "page-kernel"), os.path.join(folder, "stamp")
    text = shelf.read(e.path("mistake.txt")) + repr(sources())
    key = hashlib.sha256(text.encode()).hexdigest()
    if not os.path.exists(stamp) or shelf.read(stamp) != key:
        shutil.rmtree(folder, ignore_errors=True)
        make_tree(folder, find.mistake(e))
        find.build(folder)
        remove = [f"--remove-section=.debug_{name}" for name in NOT_NEEDED]
        objcopy = next(filter(None, (shutil.which(f"{p}objcopy") for p in CROSS)))
        subprocess.run([objcopy, *remove, f"{folder}/kernel/kernel", kernel], check=True)
        shelf.write(stamp, key)
    return kernel, facts.find(f"{folder}/kernel/kernel", facts.questions(), f"{directory}/facts")


def mistaken(e):
    """Where the mistake is, and the file with it."""
    file, first, last, names = find.expected(e)
    text, _, _ = find.mistake(e).put_into(sources()[file])
    return {"where": {"file": file, "first": first, "last": last, "names": sorted(names)},
            "type": e.about["type"].split(), "changed": {f"kernel/{file}": text}}


def suits(e):
    """Can the page give it? It has no Vitrine to build, and no way to let a call fail."""
    return e.kind == "predict" or (e.kind == "find" and find.is_small(e) and "options" not in e.about)


def collect(out):
    """Writes the exercises to a file. Returns its path, and by number the kernels and their facts."""
    directory, shown, kernels = f"{out}/page/exercises", [], {}
    for e in filter(suits, shelf.exercises()):
        if e.kind == "predict":
            shown.append({**texts(e), "variants": [variant(e, seed) for seed in range(1, SEEDS + 1)]})
        else:
            kernels[e.number] = [p for p in built(e, directory) if p]
            shown.append({**texts(e), **mistaken(e)})
    path = f"{directory}/exercises.json"
    shelf.write(path, json.dumps({"exercises": shown, "sources": {f"kernel/{n}": t for n, t in sources().items()}}))
    return path, kernels

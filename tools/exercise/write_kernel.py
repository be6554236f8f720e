# SPDX-License-Identifier: MIT
"""write_kernel.py - an answer inside the small kernel, which runs on the glass machine: that must be silent."""
import os
import re
import subprocess

import children
import facts
from shelf import ROOT, Wrong
from write_host import complaint

GLASS = "build/machine/glass"
MACHINE = ("--mem", "4M", "--no-pmp", "--max", "60000000")
TYPED = ("--", "go", "go", "exit")
PRINTED = "$ p\n$ p\n$"
RUNS = [(harts, seed) for harts in "123" for seed in "12"]


def glass():
    """The machine, built."""
    subprocess.run(["make", "-s", "--no-print-directory", f"-j{os.cpu_count() or 1}", GLASS], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    return os.path.join(ROOT, GLASS)


def report(text):
    """The machine's first report, as one line; None: it is silent."""
    m = re.search(r"^glass: (.*(?:\n {9}.*)*)", text, re.M)
    return " ".join(m[1].split()) if m else None


def check(_, folder, say):
    code, text = children.run(["make", "-s", "--no-print-directory", "-C", folder], env={**os.environ, "LC_ALL": "C"})
    if code:
        raise Wrong(complaint(text, say))
    machine, kernel = glass(), os.path.join(folder, "kernel/kernel")
    os.chdir(ROOT)
    known = facts.find(os.path.abspath(kernel), facts.questions(), os.path.join(ROOT, "build/machine/facts"))
    for harts, seed in RUNS:
        words = ["--harts", harts, "--seed", seed, "--lang", say.lang, *(["--facts", known] if known else [])]
        _, text = children.run(["timeout", "120", machine, *MACHINE, *words, kernel, *TYPED])
        if report(text):
            raise Wrong(say("silent", why=report(text)))
        if text.strip() != PRINTED:
            raise Wrong(say("printed", want=PRINTED, got=repr(text.strip()[-60:])))

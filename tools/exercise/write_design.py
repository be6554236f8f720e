# SPDX-License-Identifier: MIT
"""write_design.py - an answer that is a design of the kernel's table: it takes the place of a file of the kernel.

The kernel's memory management and processes are built for this computer with it, on tests/host/mmu, a model of harts
that keep stale translations, as tools/mutants.py does; its rules are the check. exercise.txt: replaces, design.
"""
import os
import re

import children
import hosttest
import mutants
from shelf import ROOT, Wrong, read
from words import ENTRY
from write_host import complaint

SEEDS, STEPS = "4", "20000"
SENTENCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "model.def")
FAILS = re.compile(r"FAIL seed (\d+), hart (\d+): (.*)")
VALUE = re.compile(r"%[a-z]+")


class Answer:
    """A changed file, as mutants.Model takes it."""

    def __init__(self, path, text):
        self.path, self.text = path, text


def spoken(said, lang):
    """The line with which the model ends, in the language, if it is one of model.def."""
    fails = FAILS.fullmatch(said)
    for english, chinese in ENTRY.findall(read(SENTENCES)) if fails and lang == "zh" else ():
        found = re.fullmatch("(.*)".join(map(re.escape, VALUE.split(english))), fails[3])
        if found:
            values = iter(found.groups())
            return f"种子 {fails[1]}, {fails[2]} 号核: {VALUE.sub(lambda _: next(values), chinese)}"
    return said


def check(exercise, folder, say):
    text = read(os.path.join(folder, exercise.about["file"]))
    os.chdir(ROOT)
    children.run(["make", "-s", "--no-print-directory", "gen"])
    model = mutants.Model("build")
    try:
        where = mutants.Context("build", f"exercise-{os.getpid()}")
        program = model.build(Answer(exercise.about["replaces"], text), where)
    except SystemExit as refused:
        raise Wrong(complaint(str(refused), say)) from refused
    code, said = children.run(["timeout", "300", program, SEEDS, STEPS, "1", exercise.about["design"]])
    os.remove(program)
    if code:
        raise Wrong(say("model", why=spoken(hosttest.failure_line(said), say.lang)))

# SPDX-License-Identifier: MIT
"""write_design.py - an answer that is a design of the kernel's table: it takes the place of a file of the kernel.

The kernel's memory management and processes are built for this computer with it, on tests/host/mmu, a model of harts
that keep stale translations, as tools/mutants.py does; its rules are the check. exercise.txt: replaces, design.
"""
import os

import children
import hosttest
import mutants
from shelf import ROOT, Wrong, read
from write_host import complaint

SEEDS, STEPS = "4", "20000"


class Answer:
    """A changed file, as mutants.Model takes it."""

    def __init__(self, path, text):
        self.path, self.text = path, text


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
        raise Wrong(say("model", why=hosttest.failure_line(said)))

# SPDX-License-Identifier: MIT
"""write.py - exercises of the kind write: a starting point, the student's files, and a check that runs them.

exercise.txt: file (written by the student), check (host, kernel, program, design); solution, if a file of this tree is
the solution, else the directory solution/ has it.
"""
import importlib
import os
import shutil

from minikernel import Mistake, make_tree
from shelf import ROOT, SHELF, Wrong


def files(exercise):
    return exercise.about["file"].split()


def copy(exercise, part, folder):
    source = exercise.path(part)
    if os.path.isdir(source):
        shutil.copytree(source, folder, dirs_exist_ok=True)


def begin(exercise, folder, _):
    if exercise.about["check"] == "kernel":
        make_tree(folder, Mistake(exercise.path("mistake.txt")))
    if exercise.about["check"] == "host":
        os.makedirs(folder, exist_ok=True)
        shutil.copy(os.path.join(SHELF, "lab/lab.h"), folder)
    copy(exercise, "start", folder)


def check(exercise, folder, say):
    for file in files(exercise):
        if not os.path.exists(os.path.join(folder, file)):
            raise Wrong(say("no_file", file=file))
    importlib.import_module(f"write_{exercise.about['check']}").check(exercise, folder, say)


def solve(exercise, folder, _):
    if exercise.about["check"] == "kernel":
        make_tree(folder)
    copy(exercise, "solution", folder)
    if "solution" in exercise.about:
        os.makedirs(folder, exist_ok=True)
        shutil.copy(os.path.join(ROOT, exercise.about["solution"]), os.path.join(folder, exercise.about["file"]))

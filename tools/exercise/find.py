# SPDX-License-Identifier: MIT
"""find.py - exercises of the kind find: a kernel with one mistake, and the question where it is.

The kernel is the small one, or, with `base vitrine` in exercise.txt, a copy of this tree. exercise.txt may have:
options (of ./vitrine watch), type (the lines to be typed), also (other functions that are right, too). The mistake is
in mistake.txt, see minikernel.py.
"""
import functools
import glob
import os
import re
import shutil
import sys

import children
import source
from minikernel import Mistake, make_tree, sources
from shelf import ROOT, Wrong, answers, read, write

SLACK = 3  # lines beside the mistake that still count
ANSWER = "# A function, as in: where = walk        or a line, as in: where = vm.c:23\nwhere =\n"
COPIED = ("LICENSE", "Makefile", "README.md", "include", "kernel", "machine", "tools", "user", "vitrine")


def watch_words(exercise):
    """Returns the words behind the directory on the command line of ./vitrine watch."""
    options = exercise.about.get("options", "")
    return f"{' ' + options if options else ''} -- {exercise.about.get('type', 'go exit')}"


def is_small(exercise):
    return exercise.about.get("base") != "vitrine"


@functools.lru_cache(maxsize=None)
def vitrine_sources():
    """The files of Vitrine's kernel, by path."""
    found = [p for end in "chS" for p in glob.glob(f"{ROOT}/kernel/**/*.{end}", recursive=True)]
    return {os.path.relpath(p, ROOT): read(p) for p in sorted(found)}


def kernel(exercise):
    """The files of the correct kernel: path and text."""
    return sources() if is_small(exercise) else vitrine_sources()


def mistake(exercise):
    return Mistake(exercise.path("mistake.txt"))


def functions_at(name, text, first, last):
    """The functions, macros and tables that have one of these lines."""
    found = {f.name for f in source.functions(name, text) if f.line - 2 <= last and first < f.line + len(f.body)}
    lines = text.split("\n")
    found |= {m[1] for m in (re.match(r"#define (\w+)", line) for line in lines[first - 1:last]) if m}
    table = re.findall(r"^(?:const )?struct \w+ (\w+)\[[^;]*\Z", "\n".join(lines[:last]), re.M)
    labels = re.findall(r"^(\w+):", "\n".join(lines[:last]), re.M) if name.endswith(".S") else []
    return found | set(table[-1:]) | set(labels[-1:])


def expected(exercise):
    """The file, the range of lines, and the names that are right."""
    wrong = mistake(exercise)
    text, first, last = wrong.put_into(kernel(exercise)[wrong.file])
    return wrong.file, first, last, functions_at(wrong.file, text, first, last) | set(
        exercise.about.get("also", "").split())


def build(folder):
    code, text = children.run(["make", "-s", "--no-print-directory", "-C", folder])
    if code:
        sys.exit(text)


def copy_vitrine(folder, wrong):
    """This tree with the mistake, as far as it takes to run it."""
    os.makedirs(folder)
    for name in COPIED:
        place = os.path.join(ROOT, name)
        if os.path.isdir(place):
            shutil.copytree(place, os.path.join(folder, name), ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(place, os.path.join(folder, name))
    write(os.path.join(folder, wrong.file), wrong.put_into(read(os.path.join(ROOT, wrong.file)))[0])


def begin(exercise, folder, _):
    if is_small(exercise):
        make_tree(folder, mistake(exercise))
        build(folder)
    else:
        copy_vitrine(os.path.join(folder, "vitrine"), mistake(exercise))
    write(os.path.join(folder, "answer.txt"), ANSWER)


def place(given, exercise, say):
    """Whether the place is the right one; complains about one that there is not."""
    file, first, last, names = expected(exercise)
    path, _, line = given.rpartition(":")
    known = [p.lower() for p in kernel(exercise)]
    if line.isdigit() and any(p == path or p.endswith("/" + path) or path == f"kernel/{p}" for p in known):
        return path.split("/")[-1] == file.lower().split("/")[-1] and first - SLACK <= int(line) <= last + SLACK
    name = re.sub(r"\(.*", "", given)
    if line.isdigit() or not any(re.search(rf"\b{re.escape(name)}\b", t, re.I) for t in kernel(exercise).values()):
        raise Wrong(say("no_place", given=given))
    return name in {n.lower() for n in names}


def check(exercise, folder, say):
    given = answers(os.path.join(folder, "answer.txt")).get("where")
    if not given:
        raise Wrong(say("no_answer", file="answer.txt", key="where"))
    if not place(given, exercise, say):
        raise Wrong(say("not_place" if is_small(exercise) else "not_there", given=given))


def solve(exercise, folder, _):
    """The folder with the right answer in it."""
    file, first, _, names = expected(exercise)
    name = sorted(names)[0] if names else f"{file}:{first}"
    write(os.path.join(folder, "answer.txt"), f"where = {name}\n")

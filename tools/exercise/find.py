# SPDX-License-Identifier: MIT
"""find.py - exercises of the kind find: a small kernel with one mistake, and the question where it is.

exercise.txt may have: options (of ./vitrine watch), type (the lines to be typed), also (other functions that are right,
too). The mistake is in mistake.txt, see minikernel.py.
"""
import os
import re
import sys

import children
import source
from minikernel import Mistake, make_tree, sources
from shelf import Wrong, answers, write

SLACK = 3  # lines beside the mistake that still count
ANSWER = "# A function, as in: where = walk        or a line, as in: where = vm.c:23\nwhere =\n"


def watch_words(exercise):
    """Returns the words behind the directory on the command line of ./vitrine watch."""
    options = exercise.about.get("options", "")
    return f"{' ' + options if options else ''} -- {exercise.about.get('type', 'go exit')}"


def mistake(exercise):
    return Mistake(exercise.path("mistake.txt"))


def functions_at(name, text, first, last):
    """The functions and macros that have one of these lines."""
    found = {f.name for f in source.functions(name, text) if f.line - 2 <= last and first < f.line + len(f.body)}
    lines = text.split("\n")[first - 1:last]
    found |= {m[1] for m in (re.match(r"#define (\w+)", line) for line in lines) if m}
    labels = re.findall(r"^(\w+):", "\n".join(text.split("\n")[:last]), re.M) if name.endswith(".S") else []
    return found | set(labels[-1:])


def expected(exercise):
    """The file, the range of lines, and the names that are right."""
    wrong = mistake(exercise)
    text, first, last = wrong.put_into(sources()[wrong.file])
    return wrong.file, first, last, functions_at(wrong.file, text, first, last) | set(
        exercise.about.get("also", "").split())


def build(folder):
    code, text = children.run(["make", "-s", "--no-print-directory", "-C", folder])
    if code:
        sys.exit(text)


def begin(exercise, folder, _):
    make_tree(folder, mistake(exercise))
    build(folder)
    write(os.path.join(folder, "answer.txt"), ANSWER)


def place(given, exercise, say):
    """Whether the place is the right one; complains about one that there is not."""
    file, first, last, names = expected(exercise)
    m = re.fullmatch(r"(?:kernel/)?([\w.]+):(\d+)", given)
    if m and m[1] in map(str.lower, sources()):
        return m[1] == file.lower() and first - SLACK <= int(m[2]) <= last + SLACK
    name = re.sub(r"\(.*", "", given)
    if m or not any(re.search(rf"\b{re.escape(name)}\b", t, re.I) for t in sources().values()):
        raise Wrong(say("no_place", given=given))
    return name in {n.lower() for n in names}


def check(exercise, folder, say):
    given = answers(os.path.join(folder, "answer.txt")).get("where")
    if not given:
        raise Wrong(say("no_answer", file="answer.txt", key="where"))
    if not place(given, exercise, say):
        raise Wrong(say("not_place", given=given))


def solve(exercise, folder, _):
    """The folder with the right answer in it."""
    file, first, _, names = expected(exercise)
    name = sorted(names)[0] if names else f"{file}:{first}"
    write(os.path.join(folder, "answer.txt"), f"where = {name}\n")

# SPDX-License-Identifier: MIT
"""source.py - functions for the checks: find sources, blank comments and strings, find functions."""
import argparse
import glob
import os
import re
import sys

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
NAME = re.compile(r"^(?:[\w ]+[ *])?(\w+)\(")


class Function:
    """One definition: name, first line of the body (1-based), the body's lines."""

    def __init__(self, path, name, line, body):
        self.path, self.name, self.line, self.body = path, name, line, body

    @property
    def nesting(self):
        """The deepest block inside the body; a switch and its cases count once."""
        depth = deepest = 0
        for c in "\n".join(self.body):
            depth += (c == "{") - (c == "}")
            deepest = max(deepest, depth)
        return deepest


def files(*patterns):
    """The files that match, in order, nothing built."""
    found = {p for pattern in patterns for p in glob.glob(pattern, recursive=True)}
    return sorted(p for p in found if not p.startswith("build") and "/node_modules/" not in p)


def files_built(pattern):
    """The files that match, in order, also those in a build directory."""
    return sorted(glob.glob(pattern, recursive=True))


def kernel_sources():
    return files("kernel/**/*.c", "kernel/**/*.h")


def own_sources():
    """All C of ours, programs and tests included."""
    return files("kernel/**/*.[ch]", "include/**/*.h", "user/**/*.[ch]", "tests/**/*.[ch]", "machine/**/*.[ch]")


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def line_of(text, at):
    """The number of the line that has the character at that place."""
    return text.count("\n", 0, at) + 1


def blank(text):
    """The text with comments and the insides of strings blanked; every line keeps its length."""

    def wipe(m):
        keep = m[0][0] if m[0][0] in "\"'" else ""
        inner = m[0][len(keep) : len(m[0]) - len(keep)]
        return keep + re.sub(r"[^\n]", " ", inner) + keep

    return TOKEN.sub(wipe, text)


def functions(path, text=None):
    """The function definitions of a formatted file: a body opens and closes in column 0."""
    lines = blank(read(path) if text is None else text).split("\n")
    for i, line in enumerate(lines):
        if line != "{":
            continue
        name = find_name(lines, i)
        end = next((j for j in range(i, len(lines)) if lines[j].startswith("}")), len(lines))
        if name and lines[end : end + 1] == ["}"]:
            yield Function(path, name, i + 2, lines[i + 1 : end])


def find_name(lines, brace):
    """The name of the function whose body opens at that line, searching upwards; None: not a function."""
    for line in reversed(lines[max(0, brace - 12) : brace]):
        m = NAME.match(line)
        if m:
            return m[1]
        if not line.strip() or line.startswith("}"):
            return None
    return None


def arguments(description):
    """The options of every check; changes to the root to be checked."""
    ap = argparse.ArgumentParser(description=description.split("\n")[0])
    ap.add_argument("--root", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    ap.add_argument("--out", default="build", help="where the build is")
    options = ap.parse_args()
    os.chdir(options.root)
    return options


def report(problems):
    """Prints the problems and exits with 1, or with 0 when there are none."""
    problems = list(problems)
    for p in problems:
        print(p)
    sys.exit(1 if problems else 0)


def skip(why):
    """Ends a check that cannot run here."""
    print(why)
    sys.exit(77)

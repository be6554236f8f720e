# SPDX-License-Identifier: MIT
"""shelf.py - the exercises as they lie in exercises/: one directory NN-name each, and no code of their own here.

exercise.txt has lines "key value ...": kind (find, predict, write), covers, and the keys of the kind. text.en.md and
text.zh.md have the title (# ...), the text, and sections (## ...) in this order: hint 1, hint 2, solution, and for
questions the reasons, "- word: sentence".
"""
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHELF = os.path.join(ROOT, "exercises")
KINDS = ("find", "predict", "write")
HINTS, SOLUTION, REASONS = (1, 2), 3, 4


class Wrong(Exception):
    """The answer does not pass; the text is the sentence that says why."""


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


class Exercise:
    """One directory of the shelf."""

    def __init__(self, name):
        self.name, self.number, self.dir = name, int(name.split("-")[0]), os.path.join(SHELF, name)
        self.about = dict(line.split(None, 1) for line in read(self.path("exercise.txt")).splitlines() if line.strip())
        self.kind, self.covers = self.about["kind"], self.about["covers"].split()

    def path(self, *words):
        return os.path.join(self.dir, *words)

    def sections(self, lang):
        """The parts of the text: the one before the first ## with the title, then one for each ##."""
        return [part.strip() for part in re.split(r"^## .*$", read(self.path(f"text.{lang}.md")), flags=re.M)]

    def title(self, lang):
        return self.sections(lang)[0].split("\n", 1)[0].removeprefix("# ")

    def reasons(self, lang):
        """By its word, the sentence for a wrong answer."""
        parts = self.sections(lang)
        return dict(re.findall(r"^- (\w+): (.*)$", parts[REASONS], re.M)) if len(parts) > REASONS else {}


def exercises():
    return [Exercise(name) for name in sorted(os.listdir(SHELF)) if re.match(r"\d\d-", name)]


def answers(path):
    """The lines "key = value" of an answer file, in lower case without blanks around."""
    found = re.findall(r"^\s*([\w.]+)\s*=[ \t]*(.*?)\s*$", re.sub(r"#.*", "", read(path)), re.M)
    return {key.lower(): value.lower() for key, value in found}


def lines_of(path):
    """Returns the blocks of a file of short blocks, without comments; each is a list of lines."""
    kept = "\n".join(line for line in read(path).splitlines() if not line.startswith("#"))
    return [block.strip().splitlines() for block in re.split(r"\n\s*\n", kept) if block.strip()]

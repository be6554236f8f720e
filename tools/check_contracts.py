#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_contracts.py - a contract comment stands directly above each public function of the kernel.

A function is public if it is not static, or static inline in a header. The comment says what the function does, then
what applies of Returns, On error, Locks, Sleeps and Fences. With --count: how many have one, room by room.
"""
import collections
import os
import re
import sys

import source

LEAST_WORDS = 3  # of a contract; fewer only repeat the name


def head_of(lines, brace):
    """The index of the first line of the definition whose body opens at `brace`."""
    at = brace
    while at > 0 and lines[at - 1].strip() and not lines[at - 1].startswith(("}", "//", "#")):
        at -= 1
    return at


def comment_above(lines, at):
    """The text of the comment that ends directly above a line; a file's head and headings (// ----) are none."""
    words = []
    while at > 0 and lines[at - 1].startswith("//") and not lines[at - 1].startswith("// ----"):
        at -= 1
        words.insert(0, lines[at][2:].strip())
    return " ".join(words) if at > 0 else ""


def is_public(path, head):
    return path.endswith(".h") if re.search(r"\bstatic\b", head) else True


def public_functions(path):
    """Yields (line, name, comment) of each public function that the file defines."""
    text = source.read(path)
    lines = text.split("\n")
    for f in source.functions(path, text):
        at = head_of(lines, f.line - 2)
        if is_public(path, "\n".join(lines[at : f.line - 2])):
            yield at + 1, f.name, comment_above(lines, at)


def check(path):
    for line, name, comment in public_functions(path):
        if len(comment.split()) < LEAST_WORDS:
            yield f"{path}:{line}: {name}() has no contract: say above it what it does, Returns, On error, Locks"


def count(paths):
    """Prints for each room how many functions have a contract, of how many."""
    rooms = collections.defaultdict(list)
    for path in paths:
        for _, _, comment in public_functions(path):
            rooms[os.path.dirname(path)].append(len(comment.split()) >= LEAST_WORDS)
    for room, has in sorted(rooms.items()):
        print(f"{sum(has):4} of {len(has):4}  {room}")
    print(f"{sum(map(sum, rooms.values())):4} of {sum(map(len, rooms.values())):4}  in all")


if __name__ == "__main__":
    sys.argv, counting = [a for a in sys.argv if a != "--count"], "--count" in sys.argv
    source.arguments(__doc__)
    sources = source.files("kernel/**/*.[ch]")
    if counting:
        count(sources)
    else:
        source.report(p for path in sources for p in check(path))

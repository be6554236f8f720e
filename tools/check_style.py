#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_style.py - heads, guards, own header first, no #if in a body, no function name in many files, no leftovers."""
import collections
import os
import re

import source

LEFTOVER = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|^\s*#\s*if\s+0\b", re.M)
PREPROCESSOR = re.compile(r"^\s*#\s*(?:if|ifdef|ifndef|else|elif|endif)\b")
SPDX = "SPDX-License-Identifier: MIT"
MAX_HEAD = 25


def head_length(text):
    """How many lines of comment the file starts with, the SPDX line not counted."""
    n = 0
    for line in text.split("\n")[1:]:
        if not line.startswith("//"):
            break
        n += 1
    return n


def check_head(path, text):
    first = text.split("\n", 1)[0]
    if SPDX not in first:
        yield f"{path}:1: the first line must be // {SPDX}"
    elif not 1 <= head_length(text) <= MAX_HEAD:
        yield f"{path}:2: the head comment has {head_length(text)} lines, not 1 to {MAX_HEAD}"
    elif not text.split("\n")[1].startswith(f"// {os.path.basename(path)} "):
        yield f"{path}:2: the head comment must start with the file's name"


def check_header(path, text):
    if not re.search(r"^#pragma once$", text, re.M):
        yield f"{path}: no #pragma once"
    for m in re.finditer(r"^[\w *]+\n\w+\([^;{]*\);", text, re.M):
        line = source.line_of(text, m.start())
        yield f"{path}:{line}: a prototype apart from its type: put its comment above"


def check_first_include(path, text):
    """x.c includes x.h first, when there is one."""
    own = path[:-2] + ".h"
    first = re.search(r'^#include [<"]([^>"]+)[>"]', text, re.M)
    ours = path.startswith(("kernel/", "user/"))
    if ours and os.path.exists(own) and first and not own.endswith(first[1]):
        yield f"{path}: its own header {os.path.basename(own)} must be included first"


def check_bodies(path, text):
    for f in source.functions(path, text):
        for n, line in enumerate(f.body, f.line):
            if PREPROCESSOR.match(line):
                yield f"{path}:{n}: {f.name}(): preprocessor condition inside a function"


def check_leftovers(path, text):
    for n, line in enumerate(text.split("\n"), 1):
        if LEFTOVER.search(line):
            yield f"{path}:{n}: leftover: {line.strip()}"
        if line != line.rstrip() or "\t" in line:
            yield f"{path}:{n}: tab or trailing space"


def check(path):
    text = source.read(path)
    yield from check_head(path, text)
    yield from check_header(path, text) if path.endswith(".h") else check_first_include(path, text)
    yield from check_bodies(path, text)
    yield from check_leftovers(path, text)


def common_names():
    """A function name in more than two files of the kernel makes `break NAME` in gdb ambiguous."""
    files = collections.defaultdict(set)
    for path in source.files("kernel/**/*.c"):
        for f in source.functions(path):
            if f.name != "__attribute__":  # its name follows the attribute
                files[f.name].add(path)
    for name, paths in sorted(files.items()):
        if len(paths) > 2:
            yield f"{sorted(paths)[0]}: {name}() is also in {', '.join(sorted(paths)[1:])}: name it after its subject"


if __name__ == "__main__":
    source.arguments(__doc__)
    source.report([p for path in source.own_sources() for p in check(path)] + list(common_names()))

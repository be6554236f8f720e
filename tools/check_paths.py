#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_paths.py - the files that comments name are there, and decisions have numbers of their own.

A path in a comment of the kernel, the machine, the page, a program or a test stands below the root, below one of the
directories in BELOW, or below the file's own directory. NAME stands for any name.
"""
import os
import re

import source

COMMENT = re.compile(r"//[^\n]*")
PATH = re.compile(r"(?<![\w./*-])((?:[\w-]+/)+[\w-]+\.(?:c|h|S|ld|md|py|sh|tbl|inc|def|ts))(?![\w*{])")
BELOW = ("", "kernel/", "machine/", "include/", "user/", "user/include/", "tests/host/", "web/src/")
MORE = ("kernel/**/*.S", "kernel/**/*.inc", "machine/**/*.inc", "machine/**/*.def", "web/src/**/*.ts")
BUILT = re.compile(r"rv/offsets\.h|sys/calls\.inc|abi/syscall\.h|ulib/NAME\.h")


def check(path):
    text = source.read(path)
    for m in COMMENT.finditer(text):
        for name in PATH.findall(m[0]):
            places = [*BELOW, os.path.dirname(path) + "/"]
            if not BUILT.fullmatch(name) and not any(os.path.exists(p + name) for p in places):
                yield f"{path}:{source.line_of(text, m.start())}: there is no file {name}"


def decisions():
    seen = {}
    for path in source.files("doc/decisions/*.md"):
        number = os.path.basename(path)[:4]
        if number in seen:
            yield f"{path}: {seen[number]} has that number, too"
        seen[number] = path


if __name__ == "__main__":
    source.arguments(__doc__)
    paths = source.own_sources() + source.files(*MORE)
    source.report([p for path in paths for p in check(path)] + list(decisions()))

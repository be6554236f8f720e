#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_sources.py - the Makefile's lists name every source of the kernel, and no other file; no file is large.

A file of the tree is a text that is read. A large one is a dump or a result that came there by mistake.
"""
import os
import subprocess

import source

LARGEST = 256 << 10  # bytes


def value(name):
    r = subprocess.run(["make", "-s", "--no-print-directory", f"print-{name}"], stdout=subprocess.PIPE, check=True)
    return r.stdout.decode().split()


def tree():
    """The files of the tree, for git's users those that git keeps."""
    r = subprocess.run(["git", "ls-files", "-z"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if r.returncode == 0 and r.stdout:
        return r.stdout.decode().rstrip("\0").split("\0")
    return [f"{place}/{name}"[2:] for place, _, names in os.walk(".") for name in names if "/build" not in place]


def large():
    for path in tree():
        if os.path.isfile(path) and os.path.getsize(path) > LARGEST:
            yield f"{path}: {os.path.getsize(path) >> 10} KB: no file of the tree is as large"


def main():
    source.arguments(__doc__)
    present = source.files("kernel/**/*.c", "kernel/**/*.S")
    problems = [f"{path}: is in no list of the Makefile" for path in value("UNLISTED")]
    problems += [f"Makefile: lists {path}, which is not there" for path in value("LISTED") if path not in present]
    source.report([*problems, *large()])


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_sources.py - the Makefile's lists name every source of the kernel, and no other file."""
import subprocess

import source


def value(name):
    r = subprocess.run(["make", "-s", "--no-print-directory", f"print-{name}"], stdout=subprocess.PIPE, check=True)
    return r.stdout.decode().split()


def main():
    source.arguments(__doc__)
    present = source.files("kernel/**/*.c", "kernel/**/*.S")
    problems = [f"{path}: is in no list of the Makefile" for path in value("UNLISTED")]
    problems += [f"Makefile: lists {path}, which is not there" for path in value("LISTED") if path not in present]
    source.report(problems)


if __name__ == "__main__":
    main()

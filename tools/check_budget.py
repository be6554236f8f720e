#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_budget.py - functions and files stay small: median 12 lines, nine in ten 30, none above 60; files 400.

Lines with a comment to lines with code, in the kernel together: 0.25 to 0.40. A line with both counts for both.
"""
import math
import re
import statistics

import source

MAX_FUNCTION, NINE_TENTHS, MEDIAN = 60, 30, 12
MAX_FILE, MAX_NESTING = 400, 3
COMMENTED = 0.25, 0.40
REMARK = re.compile(r"\S\s*// ")


def each(paths):
    """Problems of single files and functions."""
    for path in paths:
        lines = source.read(path).count("\n")
        if lines > MAX_FILE:
            yield f"{path}: {lines} lines, more than {MAX_FILE}"
        for f in source.functions(path):
            if len(f.body) > MAX_FUNCTION:
                yield f"{path}:{f.line}: {f.name}() has {len(f.body)} lines, more than {MAX_FUNCTION}"
            if f.nesting > MAX_NESTING:
                yield f"{path}:{f.line}: {f.name}() nests {f.nesting} deep, more than {MAX_NESTING}"


def commented(paths):
    """Lines with a comment, for each line with code."""
    lines = [line.strip() for path in paths for line in source.read(path).split("\n") if line.strip()]
    code = [line for line in lines if not line.startswith("//")]
    return (len(lines) - len(code) + sum(1 for line in code if REMARK.search(line))) / len(code)


def together(paths):
    """Problems of all functions of the kernel taken together."""
    sizes = sorted(len(f.body) for path in paths for f in source.functions(path))
    if len(sizes) < 20:
        return
    median, tenth = statistics.median(sizes), sizes[math.ceil(len(sizes) * 0.9) - 1]
    if median > MEDIAN:
        yield f"kernel/: the median function has {median} lines, more than {MEDIAN}"
    if tenth > NINE_TENTHS:
        yield f"kernel/: one function in ten has more than {tenth} lines, the limit is {NINE_TENTHS}"
    low, high = COMMENTED
    if not low <= commented(paths) <= high:
        yield f"kernel/: {commented(paths):.2f} lines with a comment to one with code, not {low} to {high}"


if __name__ == "__main__":
    source.arguments(__doc__)
    source.report([*each(source.own_sources()), *together(source.kernel_sources())])

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_promises.py - errors must be checked, and every spinlock has a rank.

An exported function that returns -Exxx is marked must_check in its header. initlock() names a rank of sync/rank.h, and
every rank there is used.
"""
import re

import source

PROTOTYPE = re.compile(r"^(?:static )?(?:inline )?(?:int|int64)\s+(\w+)\(([^;{]*)\)([^;{]*);([^\n]*)", re.M)


def returns_error(body):
    return bool(re.search(r"\breturn\b[^;]*-E[A-Z]", "\n".join(body)))


def failing_functions():
    """The names of the functions whose bodies return an error."""
    return {f.name for path in source.files("kernel/**/*.c") for f in source.functions(path) if returns_error(f.body)}


def unchecked(failing):
    for path in source.files("kernel/**/*.h"):
        text = source.read(path)
        for m in PROTOTYPE.finditer(text):
            if "must_check" in m[0] or not (m[1] in failing or re.search(r"-E[A-Z]{3}", m[4])):
                continue
            line = source.line_of(text, m.start())
            yield f"{path}:{line}: {m[1]}() can fail and is not must_check"


def ranks():
    path = "kernel/sync/rank.h"
    known = re.findall(r"^\s+(RANK_\w+)", source.blank(source.read(path)), re.M)
    used = set()
    for file in source.files("kernel/**/*.c"):
        text = source.blank(source.read(file))
        for m in re.finditer(r"\binitlock\(([^;]*)\);", text):
            rank = m[1].split(",")[-1].strip()
            used.add(rank)
            if rank not in known and not rank.startswith("rank"):
                yield f"{file}:{source.line_of(text, m.start())}: initlock() with {rank}, which is no rank"
    for rank in known:
        if rank not in used:
            yield f"{path}: {rank} is the rank of no lock"


if __name__ == "__main__":
    source.arguments(__doc__)
    source.report([*unchecked(failing_functions()), *ranks()])

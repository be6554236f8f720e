#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_writers.py - pt/ alone stores page-table entries; others call pt/change.h and pt/runs.h.

The tests in checked/ break tables on purpose and may store. Tables are found by their types: pte_t and pagetable_t.
"""
import re

import source

STORE = re.compile(r"\bpte_(?:store|publish|exchange|replace)\s*\(")
SLOT = re.compile(r"\b(?:pte_t\s*\*\s*|pagetable_t\s+)(\w+)\b")


def assigned(text, name):
    """Places of stores through a pointer of that name."""
    pointer = re.escape(name)
    return re.finditer(rf"(?<![\w.>])(?:\*{pointer}(?:\+\+|--)?|{pointer}\s*\[[^\]]*\])\s*[|&^]?=(?!=)", text)


def check(path):
    text = source.blank(source.read(path))
    for m in STORE.finditer(text):
        yield f"{path}:{source.line_of(text, m.start())}: {m[0][:-1]}() outside pt/: use pt/change.h or pt/runs.h"
    for name in sorted(set(SLOT.findall(text))):
        for m in assigned(text, name):
            if not re.search(r"pte_t\s*$", text[: m.start()]):
                line = source.line_of(text, m.start())
                yield f"{path}:{line}: a store through {name}, which points at an entry"


if __name__ == "__main__":
    source.arguments(__doc__)
    paths = source.files("kernel/**/*.[ch]")
    source.report(p for path in paths if not path.startswith(("kernel/pt/", "kernel/checked/")) for p in check(path))

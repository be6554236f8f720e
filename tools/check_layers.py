#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_layers.py - layers point down: reads every #include of the kernel and refuses an upward one.

main > sys > proc > fs > dev > mm > sync > pt | rv > lib > abi. Also: CSRs, sfence, ecall and tp are named in rv/
alone, and nothing below proc/ knows a current process.
"""
import re

import source

ABOVE = {  # what each room may include besides itself
    "abi": "",
    "lib": "abi",
    "pt": "lib abi",
    "rv": "lib abi",
    "sync": "pt rv lib abi",
    "mm": "sync pt rv lib abi",
    "dev": "mm sync pt rv lib abi",
    "fs": "dev mm sync pt rv lib abi",
    "proc": "fs dev mm sync pt rv lib abi",
    "sys": "proc fs dev mm sync pt rv lib abi",
    "main": "sys proc fs dev mm sync pt rv lib abi",
    "debug": "mm sync pt rv lib abi",  # looks at what it describes
}

# Headers of debug/ may be included by anyone above lib/: they describe, and call nothing back.
OPEN_TO = {"debug": "rv sync mm dev fs proc sys main"}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
MACHINE = re.compile(r'\b(?:asm|__asm__)\b[^;"]*"[^";]*\b(?:csr\w*|sfence|ecall|sret|tp)\b')
AMBIENT = re.compile(r"\bmyproc\s*\(")


def room(path):
    """kernel/mm/frame.c lives in mm; kernel/main.c in main."""
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else "main"


def allowed(here, there):
    return there == here or there in ABOVE.get(here, "").split() or here in OPEN_TO.get(there, "").split()


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def misplaced(path, text, pattern, welcome, what):
    """The places of a pattern in a room where it is not welcome."""
    for m in pattern.finditer(text):
        if not welcome:
            yield f"{path}:{line_of(text, m.start())}: {what}"


def check(path):
    text, here = source.read(path), room(path)
    if here not in ABOVE:
        yield f"{path}: {here}/ is not a layer that tools/check_layers.py knows"
        return
    for m in INCLUDE.finditer(text):
        there = m[1].split("/")[0] if "/" in m[1] else None
        if there is None:
            yield f'{path}:{line_of(text, m.start())}: "{m[1]}": write includes from kernel/'
        elif not allowed(here, there):
            yield f'{path}:{line_of(text, m.start())}: {here}/ must not include "{m[1]}"'
    yield from misplaced(path, text, MACHINE, here in ("rv",), "CSR, sfence, ecall or tp outside rv/")
    yield from misplaced(path, source.blank(text), AMBIENT, here in ("proc", "sys", "main"),
                         "current process below proc/")


if __name__ == "__main__":
    source.arguments(__doc__)
    source.report(p for path in source.files("kernel/**/*.[chS]", "kernel/*.[ch]") for p in check(path))

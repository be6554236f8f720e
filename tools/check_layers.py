#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_layers.py - the includes of the kernel point down, and a room holds at most 20 files.

Also: CSRs, sfence, ecall and tp are named in rv/ alone, and nothing below proc/ knows a current process.
"""
import collections
import functools
import os
import re

import source

BELOW = {  # the rooms directly below each room; a room may include these and all rooms below them
    "abi": "",
    "lib": "abi",
    "lib/parse": "lib",
    "pt": "lib",
    "pt/read": "pt",
    "rv": "lib",
    "panic": "rv",
    "sync": "panic",
    "mm/frame": "sync pt/read lib/parse",
    "mm/kvm": "mm/frame",
    "mm/aspace": "mm/kvm",
    "mm/design": "mm/aspace",
    "mm/copy": "mm/aspace",
    "mm/inspect": "mm/aspace",
    "explain": "mm/inspect",
    "dev": "mm/copy",
    "dev/console": "dev",
    "dev/disk": "dev",
    "fs": "mm/copy",
    "fs/cache": "fs dev/disk",
    "fs/journal": "fs/cache",
    "fs/ext2": "fs/journal",
    "fs/dir": "fs/ext2",
    "fs/file": "fs/dir",
    "proc": "proc/sched proc/exec",  # these three include one another: process, scheduler, program
    "proc/sched": "proc fs/file dev/console explain",
    "proc/exec": "proc",
    "sys": "proc",
    "boot": "sys mm/design",
    "checked": "proc",  # the additions of DEBUG=1, which may include everything
}
FILES, LARGE = 20, {"fs/ext2": 30, "mm/aspace": 30}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
MACHINE = re.compile(r'\b(?:asm|__asm__)\b[^;"]*"[^";]*\b(?:csr\w*|sfence|ecall|sret|tp)\b')
AMBIENT = re.compile(r"\bmyproc\s*\(")


@functools.lru_cache(maxsize=None)
def reach(room):
    """The room and all rooms below it."""
    seen, new = set(), {room}
    while new:
        seen |= new
        new = {below for r in new for below in BELOW.get(r, "").split()} - seen
    return seen


def room_of(path):
    """The room of a file as an include names it: mm/frame/frame.h lives in mm/frame."""
    return os.path.dirname(path) if os.path.dirname(path) in BELOW else path.split("/", 1)[0]


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def misplaced(path, text, pattern, welcome, what):
    """The places of a pattern in rooms where it is not allowed."""
    for m in pattern.finditer(text):
        if not welcome:
            yield f"{path}:{line_of(text, m.start())}: {what}"


def includes(path, text, here):
    for m in INCLUDE.finditer(text):
        place = f"{path}:{line_of(text, m.start())}"
        if "/" not in m[1]:
            yield f'{place}: "{m[1]}": write includes from kernel/'
        elif room_of(m[1]) not in reach(here):
            yield f'{place}: {here}/ must not include "{m[1]}"'


def check(path):
    text, here = source.read(path), os.path.dirname(path)[len("kernel/") :]
    if here not in BELOW:
        yield f"{path}: {here}/ is not a room that tools/check_layers.py knows"
        return
    yield from includes(path, text, here)
    yield from misplaced(path, text, MACHINE, here == "rv", "CSR, sfence, ecall or tp outside rv/")
    yield from misplaced(path, source.blank(text), AMBIENT, "proc" in reach(here), "current process below proc/")


def crowded(paths):
    """Rooms with too many files."""
    for room, n in collections.Counter(os.path.dirname(p)[len("kernel/") :] for p in paths).items():
        if n > LARGE.get(room, FILES):
            yield f"kernel/{room}: {n} files, more than {LARGE.get(room, FILES)}: split the room"


if __name__ == "__main__":
    source.arguments(__doc__)
    kernel = source.files("kernel/**/*.[chS]")
    source.report([p for path in kernel for p in check(path)] + list(crowded(kernel)))

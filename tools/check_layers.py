#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_layers.py - the includes of the kernel and of the glass machine point down; a kernel room has at most 20 files.

Also: CSRs, sfence, ecall and tp are named in rv/ alone, nothing below proc/ knows a current process, and only
machine/host includes headers of the C library, so nothing else in machine/ can read the host's clock or files.
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
    "machine/base": "lib",
    # The next six are one computer, and include one another.
    "machine": "machine/base pt/read machine/board machine/hart machine/mmu machine/time machine/sight",
    "machine/board": "machine",
    "machine/hart": "machine",
    "machine/mmu": "machine",
    "machine/time": "machine",
    "machine/sight": "machine",
    "machine/check": "machine",
    "machine/words": "machine/check",
    "machine/host": "machine/words",
    "machine/web": "machine/words",
}
FILES, LARGE = 20, {"fs/ext2": 30, "mm/aspace": 30}

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
LIBRARY = re.compile(r"^\s*#\s*include\s+<([^>]+)>", re.M)
ASM = re.compile(r'\b(?:asm|__asm__)\b[^;"]*"[^";]*\b(?:csr\w*|sfence|ecall|sret|tp)\b')
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


def machine_room_of(path):
    """The room of a file as an include in machine/ names it: one of machine/, or of the kernel."""
    own = os.path.dirname("machine/" + path)
    return own if own in BELOW else room_of(path)


def misplaced(path, text, pattern, welcome, what):
    """The places of a pattern in rooms where it is not allowed."""
    for m in pattern.finditer(text):
        if not welcome:
            yield f"{path}:{source.line_of(text, m.start())}: {what}"


def includes(path, text, here):
    for m in INCLUDE.finditer(text):
        place = f"{path}:{source.line_of(text, m.start())}"
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
    yield from misplaced(path, text, ASM, here == "rv", "CSR, sfence, ecall or tp outside rv/")
    yield from misplaced(path, source.blank(text), AMBIENT, "proc" in reach(here), "current process below proc/")


def check_machine(path):
    text, here = source.read(path), os.path.dirname(path)
    if here not in BELOW:
        yield f"{path}: {here}/ is not a room that tools/check_layers.py knows"
        return
    for m in INCLUDE.finditer(text):
        if not m[1].endswith(".def") and machine_room_of(m[1]) not in reach(here):  # a list belongs to all its readers
            yield f'{path}:{source.line_of(text, m.start())}: {here}/ must not include "{m[1]}"'
    yield from misplaced(path, text, LIBRARY, here == "machine/host", "a header of the C library outside machine/host")


def crowded(paths):
    """Rooms with too many files."""
    for room, n in collections.Counter(os.path.dirname(p)[len("kernel/") :] for p in paths).items():
        if n > LARGE.get(room, FILES):
            yield f"kernel/{room}: {n} files, more than {LARGE.get(room, FILES)}: split the room"


if __name__ == "__main__":
    source.arguments(__doc__)
    kernel = source.files("kernel/**/*.[chS]")
    machine = source.files("machine/**/*.[ch]", "machine/**/*.inc")
    source.report([p for path in kernel for p in check(path)] + [p for path in machine for p in check_machine(path)]
                  + list(crowded(kernel)))

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_calls.py - calls of the kernel point down, as includes do (check_layers.py), but for a short list.

An object of a room refers to functions and data of its own room and of rooms below. Read from the built objects.
"""
import os
import subprocess

import check_layers
import source

# name: why a lower room refers to it. A header of the lower room has its prototype.
UPCALLS = {
    "panic panic_frames assert_failed": "lib/panic.h: any code may find a broken promise",
    "boot boot_secondary kernel_satp": "rv/entry.S: the first instructions lead to the first C",
    "kerneltrap kstack_overflow": "rv/kernelvec.S: the way from a trap to its handler",
    "thread_self thread_block thread_prepare_block thread_waiter thread_wake": "sync/thread.h: threads are processes",
    "preempt_point": "sync/thread.h: a long loop lets other processes run",
    "native_calls": "proc/trap.h: system calls are above traps",
    "usertrap syscall_finish unknown_call fork_call traced_call trap_userret": "rv/trampoline.S: traps and calls",
}


def nm(tool, path):
    r = subprocess.run([tool, path], stdout=subprocess.PIPE, check=True)
    return [line.split() for line in r.stdout.decode().splitlines() if len(line.split()) >= 2]


def room(path, out):
    return os.path.dirname(os.path.relpath(path, os.path.join(out, "kernel")))


def objects(out):
    """The objects of existing sources; the build directory may also hold objects of files that were moved."""
    for path in source.files_built(os.path.join(out, "kernel/**/*.o")):
        base = os.path.relpath(path, out)[: -len(".o")]
        if os.path.isfile(base) or os.path.isfile(base + ".c"):
            yield path


def check(out):
    r = subprocess.run(["make", "-s", "--no-print-directory", "print-NM"], stdout=subprocess.PIPE, check=True)
    symbols = {path: nm(r.stdout.decode().strip(), path) for path in objects(out)}
    home = {s[-1]: room(path, out) for path, table in symbols.items() for s in table if s[-2] in "TDBRSG"}
    known = set(" ".join(UPCALLS).split())
    for path, table in symbols.items():
        below = check_layers.reach(room(path, out))
        for name in (s[-1] for s in table if s[-2] == "U" and s[-1] in home):
            if home[name] not in below and name not in known:
                yield f"{path}: refers to {name} of {home[name]}/, which is above it"


if __name__ == "__main__":
    options = source.arguments(__doc__)
    source.report(check(options.out))

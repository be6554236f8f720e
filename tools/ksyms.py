#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""ksyms.py - links the kernel with a table of its own text symbols, for backtraces.

The table (section .ksyms) holds: uint64 ksyms_count; uint32 ksyms_addr[], offsets from _text, ascending;
uint32 ksyms_name[], offsets into the NUL-terminated strings at ksyms_strings. The kernel is linked with an
empty table, then with the symbols found. If that moved the text, once more; if it moves again, that is an error.
"""
import argparse
import os
import shlex
import subprocess
import sys


def run(command):
    r = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if r.returncode:
        sys.exit(r.returncode)
    return r.stdout.decode()


def text_symbols(nm, kernel):
    """[(offset from _text, name)], ascending, one name for each address."""
    base, found = None, {}
    for line in run(nm + ["-n", kernel]).splitlines():
        addr, kind, name = line.split(maxsplit=2) if len(line.split()) == 3 else (None, None, None)
        if name == "_text":
            base = int(addr, 16)
        if kind in ("t", "T") and name[0] not in ".$" and name != "_text":
            found.setdefault(int(addr, 16), name)
    if base is None:
        sys.exit("ksyms: kernel/kernel.ld must define _text, the start of the kernel's text")
    return [(a - base, n) for a, n in sorted(found.items()) if 0 <= a - base < 1 << 32]


def table(symbols):
    """The assembly source of the table."""
    lines = ['    .section .ksyms, "a"', "    .balign 8"]
    lines += ["    .globl ksyms_count, ksyms_addr, ksyms_name, ksyms_strings"]
    lines += [f"ksyms_count:\n    .quad {len(symbols)}", "ksyms_addr:"]
    lines += [f"    .word {addr:#x}" for addr, _ in symbols]
    offset = 0
    lines += ["ksyms_name:"]
    for _, name in symbols:
        lines.append(f"    .word {offset}")
        offset += len(name) + 1
    lines += ["ksyms_strings:"]
    lines += [f'    .asciz "{name}"' for _, name in symbols]
    return "\n".join(lines + ['    .section .note.GNU-stack, "", @progbits', ""])


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for tool in ("nm", "cc", "ld"):
        ap.add_argument(f"--{tool}", type=shlex.split, required=True)
    ap.add_argument("--work", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("objects", nargs="+")
    a = ap.parse_args()
    source, obj, trial = (f"{a.work}/{n}" for n in ("ksyms.S", "ksyms.o", "kernel.stage"))
    symbols = []
    for _ in range(4):
        with open(source, "w", encoding="utf-8") as f:
            f.write(table(symbols))
        run(a.cc + ["-c", "-o", obj, source])
        run(a.ld + ["-o", trial] + a.objects + [obj])
        linked = text_symbols(a.nm, trial)
        if linked == symbols:
            os.replace(trial, a.out)
            return
        symbols = linked
    sys.exit("ksyms: the kernel's text moves whenever its symbol table changes")


if __name__ == "__main__":
    main()

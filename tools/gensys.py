#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gensys.py TABLE OUTDIR - generates all files that list the system calls from one table.

Writes OUTDIR/abi/syscall.h (SYS_ numbers), OUTDIR/sys/calls.inc (SYSCALL(number, name, nargs) lines),
OUTDIR/user/usys.S (stubs) and OUTDIR/user/usys.h (their prototypes).
"""
import os
import re
import sys

WRAPPED = {"sbrk", "uptime"}  # sbrk() adds an argument for old callers, uptime() needs no call
LINE = re.compile(r"(\d+)\s+([a-z0-9_/]+)\s+(\S+)\s+(.+)")


class Call:
    """One line of the table."""

    def __init__(self, number, names, result, params):
        self.number, self.names, self.result, self.params = number, names, result, params

    @property
    def nargs(self):
        return 0 if self.params == "void" else self.params.count(",") + 1


def parse(path):
    """The calls of the table at path, or exits naming the bad line."""
    calls, numbers, names = [], set(), set()
    with open(path, encoding="utf-8") as table:
        for n, line in enumerate(table, 1):
            line = line.split("#")[0].strip()
            if not line:
                continue
            m = LINE.fullmatch(line)
            if not m:
                sys.exit(f"{path}:{n}: expected: number name result parameters")
            call = Call(int(m[1]), m[2].split("/"), m[3], " ".join(m[4].split()))
            if call.number in numbers or names & set(call.names):
                sys.exit(f"{path}:{n}: number or name used twice")
            if call.nargs > 6:
                sys.exit(f"{path}:{n}: more than six parameters")
            numbers.add(call.number)
            names.update(call.names)
            calls.append(call)
    return calls


def stub_name(name):
    """The stub's name; the library has functions of some calls' names itself."""
    return f"sys_{name}" if name in WRAPPED else name


def numbers_h(calls):
    yield "#pragma once\n"
    for c in calls:
        for name in c.names:
            yield f"#define SYS_{name} {c.number}"
    yield f"\n#define SYSCALL_NUMBERS {max(c.number for c in calls) + 1} // all are below"


def calls_inc(calls):
    for c in calls:
        yield f"SYSCALL({c.number}, {c.names[0]}, {c.nargs})"


def usys_s(calls):
    yield '#include "abi/syscall.h"'
    for c in calls:
        for name in c.names:
            stub = stub_name(name)
            yield f"\n    .section .text.{stub}, \"ax\", @progbits\n    .globl {stub}\n    .type {stub}, @function"
            yield f"{stub}:\n    li a7, SYS_{name}\n    ecall\n    ret\n    .size {stub}, . - {stub}"


def usys_h(calls):
    yield "#pragma once\n"
    for tag in sorted(set(re.findall(r"struct \w+", " ".join(c.params for c in calls)))):
        yield f"{tag};"
    yield ""
    for c in calls:
        result = c.result.replace("*", " *").replace("ulong", "unsigned long")
        result += "" if result.endswith("*") else " "
        attr = " __attribute__((noreturn))" if c.names[0] == "exit" else ""
        for name in c.names:
            yield f"{result}{stub_name(name)}({c.params}){attr};"


def write(path, lines):
    """Replaces path only when its content changes, so that make rebuilds only files that depend on a change."""
    text = "// Made from include/abi/syscall.tbl by tools/gensys.py.\n" + "\n".join(lines) + "\n"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        with open(path, encoding="utf-8") as old:
            if old.read() == text:
                return
    except FileNotFoundError:
        pass
    with open(path, "w", encoding="utf-8") as new:
        new.write(text)


def main():
    table, out = sys.argv[1:]
    calls = parse(table)
    write(f"{out}/abi/syscall.h", numbers_h(calls))
    write(f"{out}/sys/calls.inc", calls_inc(calls))
    write(f"{out}/user/usys.S", usys_s(calls))
    write(f"{out}/user/usys.h", usys_h(calls))


if __name__ == "__main__":
    main()

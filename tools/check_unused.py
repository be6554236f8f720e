#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_unused.py - each public function and variable of the kernel is used by another file of the kernel.

A function that only its own file uses is static; one that only tests use belongs to the tests, or gets a caller. A
use is the name in another source file, or in a macro or an inline function of a header; a prototype is none.
"""
import re

import check_contracts
import source

# name: its user, which is no C of the kernel
OTHERS = {
    "boot boot_secondary kerneltrap kstack_overflow usertrap trap_start": "assembly, or the address in a trapframe",
    "__ctzdi2": "the compiler",
    "offsets": "the build: rv/offsets.h",
    "ksyms_count ksyms_addr ksyms_name ksyms_strings": "the link defines them: tools/ksyms.py",
}
CALLS = "include/abi/syscall.tbl"
PROTOTYPE = re.compile(r"^(?!static|return|#)(?:[\w*]+[\s*]+)+(\w+)\([^;{}]*\)[^;{}]*;", re.M)
EXTERN = re.compile(r"^extern [^;]*;", re.M)
VARIABLE = re.compile(r"^extern [^;(]*?(\w+)(?:\[[^;]*)?;", re.M)
WORD = re.compile(r"[A-Za-z_]\w*")


def uses(path):
    """The names in a file, but for those of prototypes and extern declarations."""
    text = EXTERN.sub("", source.blank(source.read(path)))
    if path.endswith(".h"):
        text = PROTOTYPE.sub("", text)
    return set(WORD.findall(text))


def public_names(paths):
    """Yields (file, line, name) of each public function and of each variable that a header declares."""
    for path in paths:
        if path.endswith(".c"):
            for line, name, _ in check_contracts.public_functions(path):
                yield path, line, name
        else:
            text = source.blank(source.read(path))
            for m in VARIABLE.finditer(text):
                yield path, source.line_of(text, m.start()), m[1]


def check():
    paths = source.files("kernel/**/*.[chS]")
    used = {path: uses(path) for path in paths}
    known = set(" ".join(OTHERS).split()) | {"sys_" + name for name in WORD.findall(source.read(CALLS))}
    files = {}
    for path, names in used.items():
        for name in names:
            files.setdefault(name, set()).add(path)
    for path, line, name in public_names(paths):
        others = files.get(name, set()) - ({path} if path.endswith(".c") else set())
        enough = others if path.endswith(".c") else len(others) > 1
        if not enough and name not in known:
            yield f"{path}:{line}: no other file of the kernel uses {name}: static, or superfluous"


if __name__ == "__main__":
    source.arguments(__doc__)
    source.report(check())

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""facts.py - facts of a kernel from its debug information: gdb is run once, the answers are kept (./vitrine watch).

The questions are the rows of machine/sight/facts.def; the answers are lines "PROC_PID 0x30". A question without an
answer has no line. Then come the functions that are inlined (tools/inlined.py). Without a gdb that knows RISC-V there
are no answers. As a program it ends with status 0 if there is one.
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

QUESTIONS = "machine/sight/facts.def"
INLINED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "inlined.py")
GDBS = ("gdb-multiarch", "riscv64-unknown-elf-gdb", "riscv64-linux-gnu-gdb", "riscv64-elf-gdb")
ROW = re.compile(r'^FACT\((\w+), "([^"]+)"\)$', re.M)


def debugger():
    """The name of a gdb that knows RISC-V; None: there is none. Some systems have one gdb for all processors."""
    found = next((name for name in GDBS if shutil.which(name)), None)
    if found or not shutil.which("gdb"):
        return found
    said = subprocess.run(["gdb", "-nx", "-batch", "-ex", "set architecture riscv:rv64"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False).stdout
    return "gdb" if b"is set to" in said else None


def ask(gdb, kernel, questions):
    """gdb's answers as lines. A question that gdb refuses has no line."""
    command = [gdb, "-nx", "-batch", "-iex", "set debuginfod enabled off", "-iex", "set auto-load off", kernel]
    for name, question in questions:
        command += ["-ex", f'printf "{name} 0x%lx\\n", (unsigned long)({question})']
    command += ["-x", INLINED]
    try:
        text = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              timeout=60).stdout.decode(errors="replace")
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return "".join(f"{line}\n" for line in re.findall(r"^(\w+ 0x[0-9a-f]+(?: 0x[0-9a-f]+ \w+)?)$", text, re.M))


def questions():
    """The questions, from the root of the source."""
    with open(QUESTIONS, encoding="utf-8") as f:
        return ROW.findall(f.read())


def find(kernel, asked, directory):
    """The file with the facts of a kernel; None: there are none."""
    with open(kernel, "rb") as f, open(INLINED, "rb") as script:
        key = hashlib.sha256(repr(asked).encode() + script.read() + f.read()).hexdigest()[:24]
    path = os.path.join(directory, key)
    if not os.path.exists(path):
        gdb = debugger()
        if not gdb:
            return None
        os.makedirs(directory, exist_ok=True)
        answer = ask(gdb, kernel, asked)
        if not answer:
            return None  # not kept: gdb may have been too slow this once
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=directory, delete=False) as f:
            f.write(answer)
        os.replace(f.name, path)  # whole, although others may ask at the same time
    return path


if __name__ == "__main__":
    sys.exit(0 if debugger() else 1)

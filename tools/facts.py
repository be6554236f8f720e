#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""facts.py - facts of a kernel from its debug information: gdb is run once, the answers are kept (./vitrine watch).

The questions are the rows of machine/sight/facts.def; the answers are lines "PROC_PID 0x30". A question without an
answer has no line. Then come the functions that are inlined (tools/inlined.py). Without gdb-multiarch there are no
answers.
"""
import hashlib
import os
import re
import shutil
import subprocess
import tempfile

QUESTIONS = "machine/sight/facts.def"
INLINED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "inlined.py")
ROW = re.compile(r'^FACT\((\w+), "([^"]+)"\)$', re.M)


def ask(kernel, questions):
    """gdb's answers as lines. A question that gdb refuses has no line."""
    command = ["gdb-multiarch", "-nx", "-batch", "-iex", "set debuginfod enabled off", "-iex", "set auto-load off",
               kernel]
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
    if not shutil.which("gdb-multiarch"):
        return None
    with open(kernel, "rb") as f, open(INLINED, "rb") as script:
        key = hashlib.sha256(repr(asked).encode() + script.read() + f.read()).hexdigest()[:24]
    path = os.path.join(directory, key)
    if not os.path.exists(path):
        os.makedirs(directory, exist_ok=True)
        answer = ask(kernel, asked)
        if not answer:
            return None  # not kept: gdb may have been too slow this once
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=directory, delete=False) as f:
            f.write(answer)
        os.replace(f.name, path)  # whole, although others may ask at the same time
    return path

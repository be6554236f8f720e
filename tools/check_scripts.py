#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_scripts.py - every script parses, has its SPDX line, and lines of at most 120 columns."""
import ast
import os
import subprocess

import source

SHELL = ["vitrine", ".ci/run"]
COLUMNS = 120


def problems_of(path, text):
    if "SPDX-License-Identifier: MIT" not in "\n".join(text.split("\n")[:3]):
        yield f"{path}:1: no SPDX line"
    for n, line in enumerate(text.split("\n"), 1):
        if len(line) > COLUMNS:
            yield f"{path}:{n}: {len(line)} columns, more than {COLUMNS}"


def python_problems(path):
    text = source.read(path)
    try:
        ast.parse(text, path)
    except SyntaxError as e:
        yield f"{path}:{e.lineno}: {e.msg}"
    yield from problems_of(path, text)


def shell_problems(path):
    r = subprocess.run(["sh", "-n", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if r.returncode:
        yield f"{path}: {r.stdout.decode().strip()}"
    yield from problems_of(path, source.read(path))


def main():
    source.arguments(__doc__)
    problems = []
    for path in source.files("tools/**/*.py", "tests/**/*.py"):
        problems += python_problems(path)
    for path in [*filter(os.path.exists, SHELL), *source.files("tools/**/*.sh", "tests/**/*.sh")]:
        problems += shell_problems(path)
    source.report(problems)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""compdb.py OUT 'COMPILER FLAGS' SOURCE... [-- 'COMPILER FLAGS' SOURCE...] - compile_commands.json for editors."""
import json
import os
import sys


def groups(words):
    """Splits the words at each `--`."""
    group = []
    for word in words + ["--"]:
        if word == "--":
            yield group
            group = []
        else:
            group.append(word)


def main():
    out, here, entries = sys.argv[1], os.getcwd(), []
    for command, *sources in groups(sys.argv[2:]):
        for src in sources:
            entries.append({"directory": here, "file": src, "command": f"{command} -c {src}"})
    text = json.dumps(entries, indent=1) + "\n"
    try:
        with open(out, encoding="utf-8") as old:
            if old.read() == text:
                return
    except FileNotFoundError:
        pass
    os.makedirs(os.path.dirname(out), exist_ok=True)
    with open(out, "w", encoding="utf-8") as new:
        new.write(text)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_format.py - every C file is as clang-format and .clang-format would write it."""
import re
import shutil
import subprocess

import source


def main():
    source.arguments(__doc__)
    if not shutil.which("clang-format"):
        source.skip("clang-format is not installed")
    r = subprocess.run(["clang-format", "--dry-run", "-Werror", *source.own_sources()], stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT, check=False)
    said = r.stdout.decode("utf-8", "replace")
    places = {}
    for path, line in re.findall(r"^(\S+?):(\d+):\d+: error", said, re.M):
        places.setdefault(path, line)
    problems = [f"{path}:{line}: not formatted; run clang-format -i {path}" for path, line in places.items()]
    source.report(problems or ([said.strip() or "clang-format fails"] if r.returncode else []))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""fuzz.py NAME [libFuzzer options] - searches for crashes in tests/fuzz/fz_NAME.c until stopped (./vitrine fuzz)."""
import os
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import hosttest  # noqa: E402
import test  # noqa: E402
from machine import Failure  # noqa: E402
from words import tr  # noqa: E402


class Options:
    out = "build"


def main():
    os.chdir(test.ROOT)
    names = hosttest.fuzzers()
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        sys.exit(tr("usage: ./vitrine fuzz NAME [libFuzzer options]; NAME is one of %s") % " ".join(names))
    subprocess.run(["make", "-s", "--no-print-directory", "gen"], check=True)
    try:
        hosttest.run_libfuzzer(test.Context(Options, f"libfuzzer.{sys.argv[1]}"), sys.argv[1], sys.argv[2:])
    except Failure as why:
        sys.exit(f"fuzz: {why}")


if __name__ == "__main__":
    main()

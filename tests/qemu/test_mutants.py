# SPDX-License-Identifier: MIT
"""test_mutants.py - each fence of the kernel is needed: without any one of them a test fails (tools/mutants.py)."""
import sys

from machine import Failure

PART = "host"


def test_fences(context):
    code, text = context.sh([sys.executable, "tools/mutants.py", "--out", context.out])
    lines = [line for line in text.strip().splitlines() if line.startswith("FAIL")]
    if code:
        raise Failure(lines[0] if lines else text.strip()[-200:])

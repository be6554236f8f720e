# SPDX-License-Identifier: MIT
"""test_mutants.py - each fence of the kernel is needed: without any one of them a test fails (tools/mutants.py)."""
import sys

from machine import Failure

PART = "host"


def mutants(context, *options):
    code, text = context.sh([sys.executable, "tools/mutants.py", "--out", context.out, *options])
    lines = [line for line in text.strip().splitlines() if line.startswith("FAIL")]
    if code:
        raise Failure(lines[0] if lines else text.strip()[-200:])


def test_fences(context):
    """Every twentieth of them: all take five minutes of two processors. glass.fences tests those of the real kernel."""
    mutants(context, "--every", "20")


def test_fences_all(context):
    mutants(context)


test_fences_all.is_long = True

# SPDX-License-Identifier: MIT
"""test_races.py - the file system's harts under the thread sanitizer, which reports accesses that no lock orders."""
import os

import hosttest
from machine import Failure

PART = "host"
SUPPRESSED = os.path.abspath("tests/host/races.supp")


def test_fs_races(context):
    program = hosttest.build(context, hosttest.unit_path("fs_harts"), sanitize=["-fsanitize=thread"])
    for seed in ("1", "2", "3"):
        # Without randomised addresses: some kernels place memory where this sanitizer cannot have it.
        code, text = context.sh(["timeout", "900", "setarch", "-R", program, "400", seed],
                                TSAN_OPTIONS=f"suppressions={SUPPRESSED} exitcode=66 history_size=7")
        if code:
            races = [line for line in text.splitlines() if line.startswith("SUMMARY")]
            raise Failure(races[0] if races else f"exit code {code}")


test_fs_races.is_long = True

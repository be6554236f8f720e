# SPDX-License-Identifier: MIT
"""test_disk.py - requests of file operations to the disk, counted on the glass machine, where each run is the same."""
import re

from glassrun import FIRMWARE, run
from machine import Failure

# Requests to the disk for one operation of fsbench, at most: reads, writes, flushes.
BOUNDS = {
    "files": (0.01, 0.04, 0.01),
    "unlinks": (0.01, 0.02, 0.01),
    "appendsync": (0.0, 3.05, 2.0),
    "createsync": (0.0, 3.05, 2.0),
    "oversync": (0.0, 1.05, 1.05),
    "write": (0.0, 0.02, 0.01),
    "overwrite": (0.0, 0.02, 0.01),
    "coldread": (0.02, 0.0, 0.0),
}
LINE = re.compile(r"^fsbench (\w+) (\d+) \d+ \d+ (\d+) (\d+) (\d+) \d+$", re.M)


def test_disk(context):
    """No operation of fsbench needs more requests than its bound; one block more for each would be refused."""
    text = run(context, "--harts", "1", "--blind", "--firmware", FIRMWARE, "--append", "quiet", context.options.kernel,
               context.options.image, "--", "fsbench", seconds=300)
    found = {key: [int(x) / int(n) for x in requests] for key, n, *requests in LINE.findall(text)}
    if set(found) != set(BOUNDS):
        raise Failure(f"fsbench measures {sorted(found)}, the test expects {sorted(BOUNDS)}")
    for key, bounds in BOUNDS.items():
        for what, is_now, most in zip(("reads", "writes", "flushes"), found[key], bounds):
            if is_now > most:
                raise Failure(f"fsbench {key}: {is_now:.2f} {what} for one operation, at most {most:.2f} expected")

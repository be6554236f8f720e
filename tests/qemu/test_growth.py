# SPDX-License-Identifier: MIT
"""test_growth.py - the cost of n things grows no faster than n log n (user/tests/growth.c)."""
import math
import re

from machine import Failure

ROOM = 1.06  # tables and caches grow in steps

# The smallest number of each kind; the largest is four times that.
SIZES = {"regions": 1000, "heap": 1000, "names": 500, "files": 256, "processes": 100, "writers": 64}


def cost(m, kind, n):
    text = m.run(f"growth {kind} {n}", hang=300)
    found = re.search(rf"^growth: {kind} {n}: (\d+)$", text, re.M)
    if not found:
        raise Failure(f"growth {kind} {n}: {text!r}")
    return int(found.group(1))


def test_growth(context):
    """Instructions are counted, so that the speed of the host does not matter."""
    with context.machine(append="quiet", cpus=1, extra=["-icount", "shift=0"]) as m:
        m.boot()
        for kind, n in SIZES.items():
            few, many = cost(m, kind, n), cost(m, kind, 4 * n)
            most = 4 * math.log(4 * n) / math.log(n) * ROOM
            if many > most * few:
                raise Failure(f"{4 * n} {kind} cost {many / few:.2f} times what {n} cost; at most {most:.2f}")
        m.poweroff()

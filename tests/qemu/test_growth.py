# SPDX-License-Identifier: MIT
"""test_growth.py - the cost of n things grows no faster than n log n (user/tests/growth.c)."""
import math
import re

from machine import Failure

ROOM = 1.06  # tables and caches grow in steps

# The smallest number of each kind; the largest is four times that.
SIZES = {"regions": 1000, "heap": 1000, "names": 500, "files": 256, "processes": 100, "writers": 64}

FRAME = 12  # instructions of boot for each page of RAM


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


def boot_cost(context, mib):
    """Instructions from power-on until the first program runs, with so much RAM."""
    with context.machine(append="quiet init=/tests/growth -- boot", cpus=1, mem=f"{mib}M",
                         extra=["-icount", "shift=0"]) as m:
        m.wait_exit(0)
    found = re.search(r"^growth: boot: (\d+)$", m.output, re.M)
    if not found:
        raise Failure(f"growth boot: {m.output!r}")
    return int(found.group(1))


def test_growth_boot(context):
    """Boot stores little for each page of RAM, and the rest when the page is first used."""
    few, many = 256, 4096  # MiB; waits for the disk count as well, and are less than an instruction for each page here
    each = (boot_cost(context, many) - boot_cost(context, few)) / ((many - few) * 256)
    if each > FRAME:
        raise Failure(f"from {few} to {many} MiB, boot takes {each:.1f} instructions for a page; at most {FRAME}")

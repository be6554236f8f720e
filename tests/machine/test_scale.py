# SPDX-License-Identifier: MIT
"""test_scale.py - eight processes at once on eight harts: no operation costs much more than for one process alone."""
import glassbench
from glassrun import glass
from machine import Failure


def test_scale(context):
    """Cost in instructions and in the machine's cycles, waiting for locks included, stays within a limit."""
    glass(context)
    boot = glassbench.Counts(context.options, "unified", "true")
    for key in glassbench.OPERATIONS:
        one, eight, time, times = glassbench.scale_row(context.options, "unified", boot, key)[:4]
        if max(eight / one, times / time) > glassbench.SCALED:
            raise Failure(f"{key}: {one:.0f} instructions and {time:.0f} cycles by one process, {eight:.0f} and "
                          f"{times:.0f} by each of eight: more than {glassbench.SCALED} times as much")

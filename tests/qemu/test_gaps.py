# SPDX-License-Identifier: MIT
"""test_gaps.py - no system call keeps other processes off its hart for long, whatever size it is given."""
import os
import re
import subprocess

from disk import find_tool
from machine import Failure

MOST = 20000  # microseconds: a time slice of the caller is 10,000
CALLS = 18


def test_gaps(context):
    """The longest gap of each call that takes a size, in the guest's time, where an instruction is a nanosecond."""
    image = os.path.join(context.dir, "large.img")
    subprocess.run(["cp", context.options.image, image], check=True)
    os.truncate(image, 256 << 20)
    context.must([find_tool("resize2fs"), "-f", image])
    with context.machine(image=image, cpus=1, mem="512M", append="quiet", extra=["-icount", "shift=0"]) as m:
        m.boot()
        text = m.run_verdict("gaps", "gaps: done", "failed", hang=300)
        m.poweroff()
    os.unlink(image)
    gaps = [(name, int(us)) for name, us in re.findall(r"^gaps (\w+) \d+ (\d+)$", text, re.M)]
    if len(gaps) != CALLS:
        raise Failure(f"gaps measures {len(gaps)} calls, not {CALLS}")
    for name, us in gaps:
        if us > MOST:
            raise Failure(f"gaps {name}: no other process ran for {us / 1000:.1f} ms, at most {MOST // 1000} expected")

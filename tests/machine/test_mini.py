# SPDX-License-Identifier: MIT
"""test_mini.py - the small kernel with xv6's names: correct, it runs without a word from the machine."""
from glassrun import demand, mini, run
from machine import Failure


def test_mini_correct(context):
    """Children, copy-on-write, a heap and a deep system call, with one to three harts and several seeds."""
    path = mini(context)
    for harts in "123":
        for seed in "1234":
            text = run(context, "--mem", "4M", "--harts", harts, "--seed", seed, path, "--", "go", "go", "exit")
            if text.strip() != "$ p\n$ p\n$":
                raise Failure(f"{harts} harts, seed {seed}: {text!r}")


def test_mini_trap(context):
    """A mistake that shows by itself: the process may not read a page, and the kernel ends it."""
    demand(run(context, "--mem", "4M", "--harts", "1", mini(context, "USYSCALL_NO_U"), "--", "go", "exit"),
           "usertrap: scause 0xd pid 0x2 sepc 0x[0-9a-f]+ stval 0x3fffffd000")

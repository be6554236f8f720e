# SPDX-License-Identifier: MIT
"""test_compilers.py - a kernel built by the other compiler runs, and not only builds."""


def test_clang(context):
    """Processes move between harts: what is known of the running hart before a switch is not used after it."""
    with context.machine(variant="LLVM", append="quiet", cpus=3) as m:
        m.boot()
        for _ in range(5):
            m.run("seq 200 | sort -n | grep 9 | wc & ls | wc; wait")
        m.poweroff()

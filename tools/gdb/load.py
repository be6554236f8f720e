# SPDX-License-Identifier: MIT
"""load.py - `gdb-multiarch -x tools/gdb/load.py KERNEL` knows the kernel: see doc/gdb.md.

`./vitrine gdb` starts the debugger so. The commands are in the package vitrine beside this file.
"""
import os
import sys

import gdb

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# A breakpoint may lie at an address that the current table does not map, so gdb must not read the instruction there for
# its size, which QEMU does not need. With the Linux ABI gdb would step by breakpoints behind each instruction, and so
# never over an sret.
for setting in ("confirm off", "pagination off", "architecture riscv:rv64", "osabi none",
                "riscv use-compressed-breakpoints on", "tcp connect-timeout 20"):
    gdb.execute("set " + setting, to_string=True)

from vitrine import procs, pt, step, symbols  # noqa: E402

for module in (procs, pt, step, symbols):
    module.register()

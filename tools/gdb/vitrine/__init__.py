# SPDX-License-Identifier: MIT
"""The kernel as a debugger sees it.

sv.py reads page tables by the privileged manual and needs no debugger. memory.py reads the stopped machine's RAM,
kernel.py the kernel's structures in it, where.py finds places in the source. pt.py, procs.py, step.py and symbols.py
are the commands.
"""

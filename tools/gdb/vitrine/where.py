# SPDX-License-Identifier: MIT
"""where.py - places in the source: of a hart, and of the call in which a process waits.

Theory    A process leaves its hart in swtch(), which keeps ra, sp and s0. All code of the kernel keeps frame pointers:
          below s0 lie the return address and the caller's s0. The place is the innermost one outside of the common
          waiting functions.
"""
import struct

import gdb

from vitrine import kernel, memory, sv

WAITING = ("kernel/proc/sched/sched.c:", "kernel/sync/")


def line(pc):
    """FILE:LINE of an address in the kernel's code; None: it is elsewhere."""
    at = gdb.find_pc_line(pc)
    if at.symtab is None or at.symtab.objfile.filename != kernel.objfile().filename:
        return None
    return f"{at.symtab.filename}:{at.line}"


def of_hart():
    """FILE:LINE of the selected hart; None: it is in code that has no source, or in a program."""
    return line(kernel.register("pc")) if kernel.mode() != kernel.USER else None


def on_stack(stack, va):
    """Two words of a kernel stack, in frames of its own or mapped by the kernel's table. None: not there."""
    own = stack["pa"]
    pages = own.type.range()[1] + 1
    number = pages - 1 - (int(stack["top"]) - 1 - va) // sv.PAGE
    if not 0 <= number < pages or va % 16:
        return None
    if int(own[number]):
        pa = int(own[number]) + va % sv.PAGE
    else:
        found = sv.translate(memory.entry, kernel.kernel_table(), va, "r", sv.Hart(False, False, False, True))
        pa = found.pa
    data = memory.read(pa, 16) if pa is not None else None
    return struct.unpack("<QQ", data) if data else None


def calls(p):
    """The calls that the process is in, innermost first."""
    pc, frame = int(p["context"]["ra"]), int(p["context"]["s"][0])
    while pc:
        yield pc - 1  # the call itself, not the instruction behind it
        frame, pc = on_stack(p["own"]["kstack"], frame - 16) or (0, 0)


def of_process(p):
    """FILE:LINE at which a process waits; None: it is on a hart, or has not started."""
    places = (line(pc) for pc in calls(p))
    return next((s for s in places if s and not s.startswith(WAITING)), None)

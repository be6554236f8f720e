# SPDX-License-Identifier: MIT
"""memory.py - the RAM of a stopped machine, by physical address.

Theory    The meaning of a virtual address depends on the hart: in user mode, in most designs, none of the kernel is
          mapped. So everything is read by physical address, which QEMU's stub allows, page by page, and kept until the
          machine runs again.
"""
import contextlib
import struct

import gdb

PAGE = 4096
pages = {}


def forget(_event=None):
    """Drops all kept pages: memory may have changed."""
    pages.clear()


def connection():
    c = gdb.selected_inferior().connection
    if not isinstance(c, gdb.RemoteTargetConnection):
        raise gdb.GdbError("no machine: `target remote` first, to QEMU's gdb stub")
    return c


@contextlib.contextmanager
def physical():
    """A context in which gdb reads physical memory."""
    c = connection()
    if c.send_packet("Qqemu.PhyMemMode:1") != b"OK":
        raise gdb.GdbError("this is not QEMU, or too old a one: it cannot show physical memory")
    try:
        yield
    finally:
        c.send_packet("Qqemu.PhyMemMode:0")


def read_run(pa, size):
    """Bytes of RAM, not kept."""
    with physical():
        try:
            return bytes(gdb.selected_inferior().read_memory(pa, size))
        except gdb.MemoryError:
            return None


def page(pa):
    """The page at pa; None: there is no memory."""
    if pa not in pages:
        pages[pa] = read_run(pa, PAGE)
    return pages[pa]


def read(pa, size):
    """Bytes at pa; None: not all of them are memory."""
    data, first = b"", pa // PAGE * PAGE
    for at in range(first, pa + size, PAGE):
        part = page(at)
        if part is None:
            return None
        data += part
    return data[pa - first : pa - first + size]


def entry(pa):
    """The page-table entry at pa; None: no memory."""
    data = read(pa, 8)
    return None if data is None else struct.unpack("<Q", data)[0]


def entries(pa):
    """The entries of the table at pa; none if it is outside of memory."""
    data = page(pa)
    return struct.unpack("<512Q", data) if data else ()

# SPDX-License-Identifier: MIT
"""test_kernelmap.py - the kernel's own table, range by range, and its copies in processes' tables.

The output of `pgtbl kernel` is compared with tests/golden/kernel-map*.txt, the boundaries of the image by name
(UPDATE_GOLDEN=1 writes the files anew). Kernel stacks come and go, and are checked separately.
"""
import collections
import os
import re

from machine import Failure

GOLDEN = {"32M": "tests/golden/kernel-map-small.txt", "64M": "tests/golden/kernel-map.txt"}  # by RAM
DESIGNS = ("unified", "global", "fullcopy", "sharedroot")
PRIVATE = ("fullcopy", "sharedroot")  # a table for each process
UPPER = 0xffffffc000000000  # the kernel half, and physical memory seen through it
TRAMPOLINE = 0x3ffffff000
STACK, SLOT = 8192, 16384
FRAME, LEDGER_ENTRY = 4096, 64  # bytes
FIRMWARE = 256  # frames that it may keep, the device tree with them

LINE = re.compile(r"^([0-9a-f]{16}) ([0-9a-f]{16}) +\S+ +(\w+) +(\S+)- (\S+) .* ([0-9a-f]+)$", re.M)
Range = collections.namedtuple("Range", "start end leaf flags region pa")


def ranges(text):
    """The mapped ranges; neighbours that differ only in the owners of their frames count as one."""
    found = []
    for start, end, leaf, flags, region, pa in LINE.findall(text):
        r = Range(int(start, 16), int(end, 16), leaf, flags, region, int(pa, 16))
        if found and found[-1].end == r.start and found[-1][2:5] == r[2:5]:
            r = found.pop()._replace(end=r.end)
        found.append(r)
    return found


def kernel_half(found):
    """Its ranges but for stacks, and the addresses of stacks."""
    upper = [r for r in found if r.start >= UPPER]
    return [r for r in upper if r.region != "kstack"], {r.start for r in upper if r.region == "kstack"}


def symbols(context):
    """The physical addresses where the image and its parts begin or end, by name."""
    with open(f"{context.options.kernel}.sym", encoding="utf-8") as f:
        found = re.findall(r"^f{8}(\w{8}) (_text|_etext|_erodata|_end)$", f.read(), re.M)
        return {name: int(low, 16) for low, name in found}


def names(context):
    """The boundaries at all their addresses: as linked, in the direct map, physical."""
    found = {}
    for name, pa in symbols(context).items():
        found |= {0xffffffff00000000 + pa: name, UPPER + pa: f"direct:{name}", pa: f"physical:{name}"}
    return found


def golden(context, path, found):
    called = names(context)
    text = "".join(f"{r.region} {r.flags} {r.leaf} " + " ".join(called.get(x, f"{x:x}") for x in (r.start, r.end, r.pa))
                   + "\n" for r in found)
    if os.environ.get("UPDATE_GOLDEN"):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
    with open(path, encoding="utf-8") as f:
        for want, got in zip([*f.read().splitlines(), "nothing more"], [*text.splitlines(), "nothing more"]):
            if want != got:
                raise Failure(f"{path}: expected {want!r}, got {got!r}")


def no_wx(what, found):
    """Executable memory is writable at none of its addresses, except guards, which are zeroes (decision 0007)."""
    for x in (r for r in found if "x" in r.flags and "u" not in r.flags and r.region != "guard"):
        for w in (r for r in found if "w" in r.flags):
            if max(x.pa, w.pa) < min(x.pa + x.end - x.start, w.pa + w.end - w.start):
                raise Failure(f"{what}: {x} is executed, {w} is written")


def tables(context, design, mem="64M"):
    """The kernel's table, and process 1's for the kernel."""
    with context.machine(append=f"quiet kpt={design}", mem=mem) as m:
        m.boot()
        found = [ranges(m.run(f"pgtbl -nw {what}")) for what in ("kernel", "map -k 1")]
        m.poweroff()
    for what, table in zip((f"{design}, {mem}: kernel", f"{design}, {mem}: process 1"), found):
        no_wx(what, table)
    return found


def check_map(context, mem):
    for design in DESIGNS:
        kernel, _ = tables(context, design, mem)
        shared, stacks = kernel_half(kernel)
        golden(context, GOLDEN[mem], shared)
        low = [(r.start, r.end, r.flags) for r in kernel if r.start < UPPER]
        if low != ([] if design == "unified" else [(TRAMPOLINE, TRAMPOLINE + 4096, "r-x--a--")]):
            raise Failure(f"{design}: in the lower half: {low}")
        sizes = {r.end - r.start for r in kernel if r.region == "kstack"}
        if not stacks or sizes != {STACK} or any(s % SLOT != SLOT - STACK for s in stacks):
            raise Failure(f"{design}: stacks of {sizes} bytes at {sorted(stacks)}")


def test_kernel_map(context):
    """Each part once, at its place, with its rights and no others; below each stack a hole of its size."""
    check_map(context, "64M")


def test_kernel_map_small(context):
    """The kernel's map on a machine with little RAM."""
    check_map(context, "32M")


def test_kernel_map_lost(context):
    """No frame is lost beside the image, the ledger, the firmware and its device tree."""
    with context.machine(append="quiet", mem="128M") as m:
        m.boot()
        reserved = int(re.search(r"^reserved +(\d+)", m.run("pgtbl -n ledger"), re.M)[1])
        m.poweroff()
    found = symbols(context)
    image, ledger = (found["_end"] - found["_text"]) // FRAME, (128 << 20) // FRAME * LEDGER_ENTRY // FRAME
    rest = reserved - image - ledger
    if not 0 <= rest <= FIRMWARE:
        raise Failure(f"{reserved} frames are reserved, {rest} of them not for the image and the ledger")


def test_kernel_map_of_process(context):
    """A process's own copy has the mappings of the kernel's table, at the same addresses, and one stack more."""
    for design in PRIVATE:
        kernel, own = tables(context, design)
        (shared, others), (copied, stacks) = kernel_half(kernel), kernel_half(own)
        if design == "fullcopy":
            shared = [r._replace(flags=r.flags.replace("g", "-")) for r in shared]
        if copied != shared:
            raise Failure(f"{design}: {sorted(set(copied) ^ set(shared))[:2]}")
        if len(stacks - others) != 1:
            raise Failure(f"{design}: {len(stacks - others)} stacks of its own")

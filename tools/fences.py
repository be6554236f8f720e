# SPDX-License-Identifier: MIT
"""fences.py - finds the fences in a built kernel's code, and makes copies of the kernel in which one is a nop.

A fence is a sfence.vma or fence.i in the binary, from assembly or C; each inlined copy counts. Its name is the function
around it (innermost first where functions were inlined) and its number in that function: `tlb_changed_page 1 <
map_user`.
"""
import re
import shutil
import struct
import subprocess

PREFIXES = ("riscv64-unknown-elf-", "riscv64-linux-gnu-")
FENCE = re.compile(r"^\s*([0-9a-f]+):\s+[0-9a-f]{8}\s+(sfence\.vma|fence\.i)\b(.*)$")
NOP = 0x13
WRAPPERS = re.compile(r"^(sfence_vma\w*|fence_i)$")  # inline functions that consist of the instruction


def tool(name):
    found = next((p + name for p in PREFIXES if shutil.which(p + name)), None)
    if not found:
        raise FileNotFoundError(f"no {name} for riscv64")
    return found


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()


class Fence:
    """An instruction of the kernel: address, kind, functions around it."""

    def __init__(self, address, text):
        self.address, self.text = address, text
        self.chain, self.line, self.name = [], 0, ""


def places(kernel, found):
    """Fills in the functions around each fence, and the line in the innermost."""
    text = output(tool("addr2line"), "-a", "-i", "-f", "-e", kernel, *(hex(f.address) for f in found))
    for fence, part in zip(found, re.split(r"^0x[0-9a-f]{16}\n", text, flags=re.M)[1:]):
        lines = part.splitlines()
        frames = [(f, where) for f, where in zip(lines[::2], lines[1::2]) if not WRAPPERS.match(f)]
        fence.chain = [f for i, (f, _) in enumerate(frames) if i == 0 or f != frames[i - 1][0]]
        fence.line = int(re.search(r":(\d+)", frames[0][1])[1]) if re.search(r":\d+", frames[0][1]) else 0


def give_names(found):
    """Numbers the fences of a function by their lines, and copies of one line by their addresses."""
    names = set()
    for fence in found:
        lines = sorted({f.line for f in found if f.chain[0] == fence.chain[0]})
        name = " < ".join([f"{fence.chain[0]} {lines.index(fence.line) + 1}", *fence.chain[1:]])
        copies = 1 + sum(n == name or n.startswith(f"{name} #") for n in names)
        fence.name = name if copies == 1 else f"{name} #{copies}"
        names.add(fence.name)


def fences(kernel):
    """The fences of the kernel, in the order of their addresses."""
    matches = map(FENCE.match, output(tool("objdump"), "-d", kernel).splitlines())
    found = [Fence(int(m[1], 16), " ".join((m[2] + m[3]).split())) for m in matches if m]
    places(kernel, found)
    give_names(found)
    return found


def offset(image, address):
    """Where the instruction at a virtual address is in the ELF file."""
    table, = struct.unpack_from("<Q", image, 32)
    size, count = struct.unpack_from("<HH", image, 54)
    for i in range(count):
        kind, _, at, va, _, length = struct.unpack_from("<IIQQQQ", image, table + i * size)
        if kind == 1 and va <= address < va + length:
            return at + address - va
    raise ValueError(f"{address:#x} is in no segment")


def write_without(kernel, some, path):
    """Writes a copy of the kernel in which these fences are nops."""
    with open(kernel, "rb") as f:
        image = bytearray(f.read())
    for fence in some:
        struct.pack_into("<I", image, offset(image, fence.address), NOP)
    with open(path, "wb") as f:
        f.write(image)

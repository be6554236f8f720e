# SPDX-License-Identifier: MIT
"""devicetree.py - device trees for tests: reads a QEMU machine's tree, changes it, writes it.

The format is the flattened device tree of the Devicetree Specification, chapter 5.
"""
import os
import struct
import subprocess

from machine import Failure

MAGIC, HEADER = 0xD00DFEED, 40
BEGIN, END, PROP, NOP, FINISH = 1, 2, 3, 4, 9


class Node:
    """A node: properties by name, as bytes, and children in their order."""

    def __init__(self, name):
        self.name, self.props, self.children = name, {}, []

    def add(self, name, **props):
        """Adds a child; each property is a string, a list of cells, or bytes."""
        child = Node(name)
        child.props = {key: encode(value) for key, value in props.items()}
        self.children.append(child)
        return child

    def remove(self, prefix):
        """Removes the children whose names begin with `prefix`."""
        self.children = [c for c in self.children if not c.name.startswith(prefix)]


def encode(value):
    if isinstance(value, str):
        return value.encode() + b"\0"
    return value if isinstance(value, bytes) else b"".join(struct.pack(">I", cell) for cell in value)


def wide(*numbers):
    """64-bit numbers as cells."""
    return [cell for n in numbers for cell in (n >> 32, n & 0xFFFFFFFF)]


def parse(blob):
    """The root node of a flattened tree."""
    _, _, tree, strings = struct.unpack_from(">4I", blob)
    top, at = Node(None), tree
    path = [top]
    while True:
        token, at = struct.unpack_from(">I", blob, at)[0], at + 4
        if token == FINISH:
            return top.children[0]
        if token == BEGIN:
            end = blob.index(b"\0", at)
            path.append(path[-1].add(blob[at:end].decode()))
            at = (end + 4) & ~3
        elif token == PROP:
            size, name = struct.unpack_from(">2I", blob, at)
            start = strings + name
            key = blob[start : blob.index(b"\0", start)].decode()
            path[-1].props[key] = blob[at + 8 : at + 8 + size]
            at = (at + 8 + size + 3) & ~3
        elif token == END:
            path.pop()


def flatten(node, names):
    """The structure block of a node; adds the names of its properties."""
    name = node.name.encode() + b"\0"
    out = struct.pack(">I", BEGIN) + name + bytes(-len(name) % 4)
    for key, value in node.props.items():
        offset = names.setdefault(key, sum(len(n) + 1 for n in names))
        out += struct.pack(">3I", PROP, len(value), offset) + value + bytes(-len(value) % 4)
    return out + b"".join(flatten(child, names) for child in node.children) + struct.pack(">I", END)


def build(root):
    """The flattened tree, without reserved ranges."""
    names = {}
    tree = flatten(root, names) + struct.pack(">I", FINISH)
    strings = b"".join(n.encode() + b"\0" for n in names)
    start = HEADER + 16
    return struct.pack(">10I", MAGIC, start + len(tree) + len(strings), start, start + len(tree), HEADER, 17, 16, 0,
                       len(strings), len(tree)) + bytes(16) + tree + strings


def of_machine(path, *options):
    """The tree of QEMU's virt machine with these options, by way of a file."""
    qemu = os.environ.get("QEMU", "qemu-system-riscv64")
    r = subprocess.run([qemu, "-machine", f"virt,dumpdtb={path}", "-display", "none", *options],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if r.returncode or not os.path.exists(path):
        raise Failure(f"no device tree from QEMU: {r.stdout.decode(errors='replace').strip()}")
    with open(path, "rb") as f:
        return parse(f.read())

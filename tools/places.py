# SPDX-License-Identifier: MIT
"""places.py - file and line for the places in code that the kernel names.

Theory    The kernel prints addresses of its own code, and functions of programs with an offset. The files that were
          built carry debug information; binutils' nm and addr2line read it, one addr2line for each file that is asked
          for. A return address belongs to the call before it, so the byte before the address is looked up.
"""
import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KERNEL = re.compile(r"^ {2}0x([0-9a-f]{16}) (\S+)\+0x[0-9a-f]+$")  # a line of the kernel's backtrace
TRAP = re.compile(r"\bsepc[= ]0x([0-9a-f]+)")  # where a trap came from: the instruction itself
WHAT = re.compile(r"^ {2}(?:what: |事件: ) (?:pid|进程) \d+ (\S+?),? (?:in|在) ([^ ,:]+)")
FROM = re.compile(r"^ {2}(?:from: |调用: ) (\S+\+0x[0-9a-f]+(?: < \S+\+0x[0-9a-f]+)*)$")
LABELS = {True: "  line:  ", False: "  行号:  "}


def in_tree(path):
    """The path from the root of the tree, where the tree may have been moved since the compiler saw it."""
    parts = path.split("/")
    for n in range(len(parts)):
        if os.path.exists(os.path.join(ROOT, *parts[n:])):
            return "/".join(parts[n:])
    return path


class Binary:
    """A file with debug information."""

    def __init__(self, path, prefix):
        self.path, self.prefix, self.asked, self.symbols = path, prefix, None, None

    def lookup(self, address):
        """FILE:LINE of an address; None when it is not known."""
        try:
            return self.ask(address)
        except OSError:  # there is no addr2line, or it has ended
            return None

    def ask(self, address):
        if self.asked is None:
            self.asked = subprocess.Popen([f"{self.prefix}addr2line", "-e", self.path], stdin=subprocess.PIPE,
                                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1)
        self.asked.stdin.write(f"{address:#x}\n")
        found = re.match(r"(.+):(\d+)", self.asked.stdout.readline())
        if not found or found[1].startswith("?"):
            return None
        return f"{in_tree(found[1])}:{found[2]}"

    def address(self, name):
        """The address of a symbol; None: there is none."""
        if self.symbols is None:
            self.symbols = {s[2]: int(s[0], 16) for s in map(str.split, self.list_symbols()) if len(s) == 3}
        return self.symbols.get(name)

    def list_symbols(self):
        try:
            r = subprocess.run([f"{self.prefix}nm", self.path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               check=False)
        except OSError:
            return []
        return r.stdout.decode("utf-8", "replace").splitlines()

    def close(self):
        if self.asked:
            self.asked.kill()
            self.asked.communicate()


class Places:
    """Reads the console's lines one by one, and makes the text to add behind each."""

    def __init__(self, out, prefix):
        self.out, self.prefix, self.binaries = out, prefix, {}
        self.program, self.trap = None, None  # the program and the trap that were spoken of last

    def binary(self, path):
        if path not in self.binaries:
            self.binaries[path] = Binary(path, self.prefix) if os.path.exists(path) else None
        return self.binaries[path]

    def note(self, line):
        """The text to add behind the line, or as a line of its own; "" for most lines."""
        if "0x" not in line:
            return ""
        for pattern, tell in ((TRAP, self.note_trap), (KERNEL, self.note_kernel), (WHAT, self.note_what),
                              (FROM, self.note_from)):
            found = pattern.search(line)
            if found:
                return tell(found)
        return ""

    def note_trap(self, found):
        self.trap = int(found[1], 16)
        return ""

    def note_kernel(self, found):
        kernel, pc = self.binary(os.path.join(self.out, "kernel/kernel")), int(found[1], 16)
        place = kernel and kernel.lookup(pc if pc == self.trap else pc - 1)
        return f" {place}" if place else ""

    def note_what(self, found):
        self.program = found[1]
        return self.lines([self.of_program(found[2], 0)], found[0])

    def note_from(self, found):
        return self.lines([self.of_program(p, 1) for p in found[1].split(" < ")], found[0])

    def of_program(self, place, back):
        binary = self.program and self.binary(os.path.join(self.out, "bin", os.path.basename(self.program)))
        name, _, offset = place.partition("+0x")
        start = binary.address(name) if binary and offset else None
        return start is not None and binary.lookup(start + int(offset, 16) - back)

    def lines(self, places, line):
        if not places or not all(places):
            return ""
        return "\n" + LABELS[line.isascii()] + " < ".join(places)

    def close(self):
        for binary in self.binaries.values():
            if binary:
                binary.close()

# SPDX-License-Identifier: MIT
"""places.py - file and line for the places in code that the kernel names.

Theory    The kernel prints addresses of its own code, and functions of programs with an offset. The files that were
          built carry debug information; binutils' nm and addr2line read it, one addr2line for each file that is asked
          for. A return address belongs to the call before it, so the byte before the address is looked up.
"""
import os
import re
import subprocess
import textwrap

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KERNEL = re.compile(r"^ {2}0x([0-9a-f]{16}) (\S+)\+0x[0-9a-f]+$")  # a line of the kernel's backtrace
TRAP = re.compile(r"\bsepc[= ]0x([0-9a-f]+)")  # where a trap came from: the instruction itself
EXPLAINING = ("  what:  ", "  事件:  ", "  from:  ", "  调用:  ")
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
        self.program, self.trap = None, None  # the last program and the last trap in the output

    def binary(self, path):
        if path not in self.binaries:
            self.binaries[path] = Binary(path, self.prefix) if os.path.exists(path) else None
        return self.binaries[path]

    def suffix(self, line):
        """The text to add to a line: file and line of a function in the kernel's backtrace."""
        trap, found = TRAP.search(line), KERNEL.search(line)
        if trap:
            self.trap = int(trap[1], 16)
        if not found:
            return ""
        kernel, pc = self.binary(os.path.join(self.out, "kernel/kernel")), int(found[1], 16)
        place = kernel and kernel.lookup(pc if pc == self.trap else pc - 1)
        return f" {place}" if place else ""

    def explains(self, line):
        """Whether the line starts an explanation that names functions of a program."""
        return line.startswith(EXPLAINING)

    def row(self, text):
        """The line to add behind an explanation: files and lines of the functions in it; "" when they are not known."""
        what, callers = WHAT.search(text), FROM.search(text)
        if what:
            self.program = what[1]
            return self.places(text, [self.of_program(what[2], 0)])
        return self.places(text, [self.of_program(p, 1) for p in callers[1].split(" < ")]) if callers else ""

    def of_program(self, place, back):
        binary = self.program and self.binary(os.path.join(self.out, "bin", os.path.basename(self.program)))
        name, _, offset = place.partition("+0x")
        start = binary.address(name) if binary and offset else None
        return start is not None and binary.lookup(start + int(offset, 16) - back)

    def places(self, text, places):
        if not all(places):
            return ""
        return textwrap.fill(" < ".join(places), 79, initial_indent=LABELS[text.isascii()], subsequent_indent=" " * 9,
                             break_long_words=False, break_on_hyphens=False)

    def close(self):
        for binary in self.binaries.values():
            if binary:
                binary.close()

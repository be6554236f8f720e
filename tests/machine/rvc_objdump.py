#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""rvc_objdump.py - compares rvc_expand() with binutils for every 16-bit value; not part of the gate.

The disassembler prints a compressed instruction as the long one that it stands for. So both are disassembled, each at
the same address, and the texts must be equal. Usage: tests/machine/rvc_objdump.py, from the root.
"""
import os
import re
import struct
import subprocess
import sys
import tempfile

OBJDUMP = "riscv64-unknown-elf-objdump"
NOP, CUSTOM_0 = 0x0001, 0x0000000B
ADDI16SP_0 = 0x6101  # reserved by the manual; the disassembler prints it all the same
LINE = re.compile(r"^\s*([0-9a-f]+):\t([0-9a-f]+) +\t(.*)$")


def expansions(where):
    program = os.path.join(where, "rvc_print")
    sources = ["tests/machine/rvc_print.c", "machine/hart/rvc.c"]
    subprocess.run(["gcc", "-Imachine", "-Ikernel", "-o", program, *sources], check=True)
    return [w for w, in struct.iter_unpack("<I", subprocess.run([program], stdout=subprocess.PIPE, check=True).stdout)]


def disassemble(where, words):
    """The text of the instruction at each multiple of 4."""
    path = os.path.join(where, "words")
    with open(path, "wb") as f:
        f.write(b"".join(struct.pack("<I", w) for w in words))
    command = [OBJDUMP, "-D", "-z", "-b", "binary", "-m", "riscv:rv64", path]
    text = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
    found = {}
    for line in text.splitlines():
        m = LINE.match(line)
        if m:
            found[int(m[1], 16)] = m[3].split("#")[0].strip()
    return [found[4 * i] for i in range(len(words))]


def normal(text):
    """One spelling for forms that the disassembler prints in two ways."""
    text = re.sub(r"^add\t(\w+),zero,(\w+)$", r"mv\t\1,\2", text)
    return re.sub(r"^add\t(\w+),(\w+),0$", r"mv\t\1,\2", text)


def hint(text, word):
    """Whether the disassembler calls it a hint, and the expansion changes nothing but x0 or moves by 0."""
    rd, rs1, shift = word >> 7 & 31, word >> 15 & 31, word >> 20 & 63
    return text.startswith("c.") and (rd == 0 or rd == rs1 and shift == 0)


def main():
    with tempfile.TemporaryDirectory() as where:
        long = expansions(where)
        codes = [c for c in range(65536) if c & 3 != 3]
        short_texts = disassemble(where, [c | NOP << 16 for c in codes])
        long_texts = disassemble(where, [long[c] or CUSTOM_0 for c in codes])
    bad = 0
    for c, short_text, long_text in zip(codes, short_texts, long_texts):
        reserved = short_text.startswith(".2byte") or short_text == "unimp" or c == ADDI16SP_0
        same = long[c] == 0 if reserved else normal(short_text) == normal(long_text) or hint(short_text, long[c])
        if not same:
            bad += 1
            print(f"{c:#06x}: {short_text!r}, but {long[c]:#010x} is {long_text!r}")
    print(f"{len(codes)} values, {bad} differ")
    sys.exit(bad != 0)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""minikernel.py - the small kernel of tests/machine/mini as plain source, with an unmarked mistake.

There each mistake is a MAKES(NAME) in the code, and each unusual way of a correct kernel a TAKES(NAME). Here all of
these are taken out, with the functions that only they call, and the mistake of the exercise is put in: a file like
those of tests/zoo, "file NAME", lines to be replaced (-) and their replacement (+). With "body NAME" the whole body of
that function is replaced.
"""
import glob
import os
import re

from shelf import ROOT, read, write

MINI = os.path.join(ROOT, "tests/machine/mini")
SLEEP = os.path.join(ROOT, "tests/machine/sleep.h")
M = r"(?:MAKES|TAKES)\(\w+\)"
# Functions that only a mistake or a way calls.
OTHERS = ("map_table", "cut_large", "use_large", "superalloc", "copy_half", "own_root",
          "age", "getblk", "kzalloc", "kput", "unlock", "fault_before", "renew",
          "keep_spare", "take_spare", "take_over", "free_early",
          "keep_last")
NAMES = "|".join(OTHERS)
# Replacements, in this order, that leave a mistake out of the code.
RULES = [
    (rf"(?:^//[^\n]*\n)*^[^\n]*\n(?:{NAMES})\([^\n]*\)\n{{\n.*?^}}\n\n", ""),         # the functions
    (rf"^[^\n(]*\b(?:{NAMES})\([^\n]*\);\n", lambda m: "" if m[0][0] != " " else m[0]),  # ... and their prototypes
    (rf"^ *if \({M}(?: \|\| {M})+\)\n[^\n]*;\n", ""),
    (rf"\({M} \|\| ({M})\)", r"\1"),
    (rf"^( *)if \({M}\)\n[^\n]*;\n *else\n {{4}}( *)", r"\2"),  # if (WAY) ...; else statement;
    (rf"^ *else if \({M}\)\n[^\n]*;\n", ""),
    (rf"{M} && !({M})", r"\1"),
    (rf"{M} \? (?:\w+ [+/] \w+|\w+\(\w*\)|\([^?\n]*\) % \w+) : ", ""),
    (r"^#define (?:KSTACK_AT|TEXT_AT|STACK_END\(p\)|BEHIND|LOW|LARGE) [^\n]*\n", ""),
    (r"^#define (TRAMPOLINE|TRAPFRAME|USYSCALL|KSTACK\(p\)) +", lambda m: f"#define {m[1]:10} "),
    (r"STACK_END\(p\)", "p->kstack + PGSIZE"),
    (r" [-+] KSTACK_AT|TEXT_AT \+ | - TEXT_AT| \|\| va < TEXT_AT", ""),
    (r"TEXT_AT", "0"),
    (r"\(PGROUNDUP\(sz\)\)", "PGROUNDUP(sz)"),
    (rf"^ *if \((?:[^()\n]* && )?{M}(?: && [^\n]*)?\)\n[^\n]*;\n", ""),                   # if (MISTAKE) statement;
    (rf"^( *)if \(!(?:{M}|\(do_free && {M}\))\)\n {{4}}( *)", r"\2"),                     # if (!MISTAKE) statement;
    (rf"^ *for \([^\n]*; {M} && [^\n]*\)\n[^\n]*;\n", ""),                                # for (; MISTAKE && ...;)
    (rf"else if \(!{M}\)", "else"),
    (rf" (?:&& !|\|\| |\+ ){M}", ""),
    (rf" [|-] \({M}[^?\n]*\? \w+ : 0\)", ""),
    (rf"(?<!\w)\({M} \? \w+ : (\w+)\)", r"\1"),
    (rf"{M} \? \w+ : (\w+)", r"\1"),
    (r"if \(\(([^()]*)\)\)", r"if (\1)"),
    (r"^        u64 (?:early|flags) = [^\n]*\n", ""),                                       # in uvmcopy
    (r"PTE_PA\(\*pte\), flags\)", "PTE_PA(*pte), PTE_FLAGS(*pte))"),
    (r"\(void \*\)\((PTE_PA\(\*pte\))\)", r"(void *)\1"),
    (r"^// The mistakes, by.*?^#define TAKES[^\n]*\n\n", ""),                             # their lists in mini.h
    (r", and at most one mistake\.", "."),
    (r" Each\n//  +build has.*?correct\.\n", "\n"),
    (r"^static void \(\*handler\)\(void\);\n\n|^static void \*spare;\n\n", ""),
    (r"^// For the mistake \w+: (\w)", lambda m: f"// {m[1].upper()}"),
    (r"^#ifndef (?:A0_NOT_SAVED|TP_NOT_LOADED)\n(.*?)#endif\n", r"\1"),
    (r"^#ifdef (?:S3_NOT_SAVED|PUSHES_OVER|A5_NOT_LOADED|S1_NOT_LOADED|TP_LOADED)\n.*?#endif\n", ""),
    (r"^    u64 user = PTE_U;\n    u64 write = 0;\n    u64 other = 0;\n    u64 frame = 0;\n", ""), # in proc_pagetable
    (r"\(u64\)trampoline \+ other", "(u64)trampoline"),
    (r"PTE_W \| frame\)", "PTE_W)"),
    (r"PTE_R \| user \| write\)", "PTE_R | PTE_U)"),
]
MAKEFILE = """# `make` builds the kernel; `./vitrine watch` on this directory runs it on the glass machine.
MAKEFLAGS += -r
CPUS := 1
QEMUOPTS = -m 4M
CC := $(firstword $(foreach p,riscv64-unknown-elf- riscv64-linux-gnu- riscv64-elf-,$(shell command -v $(p)gcc)))
CFLAGS := -march=rv64imac_zicsr -mabi=lp64 -mcmodel=medany -O1 -ffreestanding -g -fno-omit-frame-pointer \\
          -fno-common -fno-jump-tables -fno-pic -fno-stack-protector
LDFLAGS := -nostdlib -static -no-pie -Wl,--build-id=none,--no-warn-rwx-segments -T kernel/mini.ld
OBJECTS := $(addsuffix .o,$(sort $(wildcard kernel/*.c kernel/*.S)))

kernel/kernel: $(OBJECTS) kernel/mini.ld
\t$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(OBJECTS)

kernel/%.o: kernel/% $(wildcard kernel/*.h)
\t$(CC) $(CFLAGS) -c -o $@ $<
"""


def plain(text):
    """Source without the switches of its mistakes."""
    for pattern, new in RULES:
        text = re.sub(pattern, new, text, flags=re.M | re.S if ".*?" in pattern else re.M)
    return text


def whole(path):
    """The text of a file, with sleep.h, which the small kernels of the tests share, in its place."""
    text = read(path)
    line = '#include "sleep.h"\n'
    return text.replace(line, read(SLEEP).split("#pragma once\n")[1]) if line in text else text


def sources():
    """All files of the correct kernel, by name."""
    return {os.path.basename(p): plain(whole(p)) for p in sorted(glob.glob(f"{MINI}/*")) if "." in os.path.basename(p)}


class Mistake:
    """A change of one file: its name, the lines before and after."""

    def __init__(self, path):
        lines = read(path).split("\n")
        self.file = next(line[5:] for line in lines if line.startswith("file "))
        self.function = next((line[5:] for line in lines if line.startswith("body ")), None)
        self.old, self.new = ("".join(x[1:] + "\n" for x in lines if x.startswith(sign)) for sign in "-+")

    def put_into(self, text):
        """The changed text, and its first and last line that are wrong."""
        if self.function:
            self.old = re.search(rf"^{self.function}\([^\n]*\)\n{{\n(.*?)^}}\n", text, re.M | re.S)[1]
        if text.count(self.old) != 1:
            raise ValueError(f"the lines to be replaced are not, or not once, in {self.file}")
        first = text[:text.index(self.old)].count("\n") + 1
        return text.replace(self.old, self.new), first, first + max(self.new.count("\n"), 1) - 1


def make_tree(folder, mistake=None):
    """The kernel's sources and a Makefile in the folder. Returns file, first and last line of the mistake."""
    place = None
    for name, text in sources().items():
        if mistake and name == mistake.file:
            text, first, last = mistake.put_into(text)
            place = name, first, last
        write(os.path.join(folder, "kernel", name), text)
    write(os.path.join(folder, "Makefile"), MAKEFILE)
    return place

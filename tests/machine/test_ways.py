# SPDX-License-Identifier: MIT
"""test_ways.py - correct kernels that do what few kernels do: they get no report."""
import os

import facts
from glassrun import COMPILE, in_order
from machine import Failure
from test_checks import told


def quiet(context, way, *lines, seeds="123"):
    """Runs the small kernel that goes this way, which must get no report. Returns the last output."""
    for seed in seeds:
        text = told(context, "NONE", *(lines or ("go", "go", "exit")), options=("--seed", seed), define=f"WAY={way}")
        if "glass:" in text or "panic" in text:
            raise Failure(f"{way}, seed {seed}: {text}")
    return text


def test_ways_memory(context):
    """Other functions of the allocator, and pages that the process and the kernel both store to."""
    quiet(context, "OWN_LIST")
    quiet(context, "SPARE")
    quiet(context, "COMMON_PAGE")
    quiet(context, "KSTACK_ENDS")
    quiet(context, "LOW_PAGE")
    quiet(context, "NO_MARK")
    quiet(context, "NEW_ROOTS", *["go"] * 10, "exit")
    quiet(context, "EXIT_FREES", *["files"] * 3, "exit")
    quiet(context, "TEXT_LATER")
    quiet(context, "W_FIRST")
    quiet(context, "COPY_AGAIN", "lazy", "go", "exit")


def test_ways_harts(context):
    """Harts with other numbers in the kernel, locks released by inlined code, tables of pointers for structures."""
    quiet(context, "OWN_NUMBERS")
    quiet(context, "HANDED")
    quiet(context, "UNLOCKS")
    path = os.path.join(context.dir, "pointers")
    with open(path + ".c", "w", encoding="utf-8") as f:
        f.write("struct proc { int pid; } *proc[8]; struct cpu { long proc, noff; } *cpus[8]; void _start(void) {}\n")
    context.must([*COMPILE, "-g", "-o", path, path + ".c"])
    with open(facts.find(path, facts.questions(), os.path.join(context.dir, "facts")), encoding="utf-8") as f:
        told_facts = f.read()
    for fact in "COUNT_PROC 0x0", "AT_CPUS 0x0":
        if fact not in told_facts.splitlines():
            raise Failure(f"no {fact}: {told_facts}")


def test_ways_programs(context):
    """Programs without a page 0, and programs that an interpreter runs."""
    text = quiet(context, "NULL_TRAPS", "vandal", "go", "exit", seeds="1")
    in_order(text, "what: pid 2 .init. is killed: at user pc 0x1[0-9a-f]+ it could not read 0x0")
    quiet(context, "SCRIPT", seeds="1")


def test_ways_threads(context):
    """A process with two stacks, as threads have that share a table and a pid."""
    quiet(context, "USUAL", "threads", "go", "exit")


def test_ways_files(context):
    """A buffer that is not read, faults that read more than a page, and a mapping that is longer than its file."""
    quiet(context, "NO_READ", "files", "files", "exit")
    text = quiet(context, "FAULT_AROUND", "files", "mapped", "exit")
    in_order(text, "mm", "what: pid [0-9]+ .init. is killed: at user pc 0x[0-9a-f]+ it could not read 0x10002000")

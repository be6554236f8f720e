# SPDX-License-Identifier: MIT
"""test_ways.py - correct kernels that do what few kernels do: they get no report."""
from glassrun import in_order
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
    quiet(context, "COMMON_PAGE")
    quiet(context, "KSTACK_ENDS")


def test_ways_programs(context):
    """Programs without a page 0, and programs that an interpreter runs."""
    text = quiet(context, "NULL_TRAPS", "vandal", "go", "exit", seeds="1")
    in_order(text, "what: pid 2 .init. is killed: at user pc 0x1[0-9a-f]+ it could not read 0x0")
    quiet(context, "SCRIPT", seeds="1")


def test_ways_files(context):
    """A buffer that is not read, faults that read more than a page, and a mapping that is longer than its file."""
    quiet(context, "NO_READ", "files", "files", "exit")
    text = quiet(context, "FAULT_AROUND", "files", "mapped", "exit")
    in_order(text, "mm", "what: pid [0-9]+ .init. is killed: at user pc 0x[0-9a-f]+ it could not read 0x10002000")

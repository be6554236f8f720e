# SPDX-License-Identifier: MIT
"""inlined.py - for gdb's Python: lists the parts of functions that are other functions, inlined (tools/facts.py).

A line is "INLINE 0x80005bfc 0x80005c54 read_acquire_inner": the innermost inlined function there. Functions of headers
do not count: they are small, and their caller's name says more.
"""
import gdb

STEP = 64  # bytes; each file of the source has more code than that


def line_pcs():
    """Where the lines of .c files begin in the code, in order."""
    tables = {}
    for words in (line.split() for line in gdb.execute("info files", to_string=True).splitlines()):
        if len(words) < 5 or words[-1] not in (".text", "trampsec", ".text.unlikely"):
            continue
        for pc in range(int(words[0], 16), int(words[2], 16), STEP):
            symtab = gdb.find_pc_line(pc).symtab
            if symtab is not None and symtab.filename.endswith(".c"):
                tables[symtab.filename] = symtab
    return sorted({row.pc for symtab in tables.values() for row in symtab.linetable() or ()})


def inlined_at(pc):
    """The innermost function that is inlined at the pc; None: there is none."""
    names, block = [], gdb.block_for_pc(pc)
    while block is not None and not block.is_static and not block.is_global:
        if block.function is not None:
            names.append((block.function.name, block.function.symtab.filename.endswith(".c")))
        block = block.superblock
    return next((name for name, counts in names[:-1] if counts), None)


def parts():
    """Neighbouring lines of one inlined function as one part: start, end, name."""
    pcs, last = line_pcs(), None
    for start, end in zip(pcs, pcs[1:]):
        name = inlined_at(start)
        if last and last[1] == start and last[2] == name:
            last = last[0], end, name
            continue
        if last and last[2]:
            yield last
        last = start, end, name
    if last and last[2]:
        yield last


for first, behind, function in parts():
    print(f"INLINE {first:#x} {behind:#x} {function}")

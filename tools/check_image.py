#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check_image.py - the built kernel is below 512 KiB and its parts begin with pages; no segment is writable and
executable; programs have a stack size and pages that can be mapped from the file."""
import os
import struct

import source

LIMIT = 512 * 1024
PAGE = 4096
PT_LOAD, PT_GNU_STACK = 1, 0x6474E551
PF_X, PF_W = 1, 2
ONE_PAGE = {"init", "echo"}  # as ONEPAGE in the Makefile: the one-page stack of a program without a size


def segments(path):
    """(type, flags, offset, vaddr, paddr, filesz, memsz) of each program header of an ELF64 file."""
    with open(path, "rb") as f:
        data = f.read()
    start, size, count = struct.unpack_from("<Q", data, 32)[0], *struct.unpack_from("<HH", data, 54)
    for i in range(count):
        yield struct.unpack_from("<IIQQQQQ", data, start + i * size)


def writable_code(path):
    for kind, flags, _, vaddr, *_ in segments(path):
        if kind == PT_LOAD and flags & PF_X and flags & PF_W:
            yield f"{path}: the segment at {vaddr:#x} is writable and executable"


def check_kernel(path):
    loaded = [s for s in segments(path) if s[0] == PT_LOAD]
    size = sum(filesz for *_, filesz, _ in loaded)
    if size > LIMIT:
        yield f"{path}: the image has {size} bytes, more than {LIMIT}"
    for _, _, _, vaddr, paddr, _, _ in loaded:
        if vaddr % PAGE or paddr % PAGE:
            yield f"{path}: the part at {vaddr:#x}, loaded at {paddr:#x}, does not begin with a page"
    yield from writable_code(path)


def check_program(path):
    yield from writable_code(path)
    parts = list(segments(path))
    sized = any(kind == PT_GNU_STACK and memsz for kind, *_, memsz in parts)
    if not sized and os.path.basename(path) not in ONE_PAGE:
        yield f"{path}: carries no stack size"
    for kind, _, offset, vaddr, _, filesz, _ in parts:
        if kind == PT_LOAD and filesz and (offset - vaddr) % PAGE:
            yield f"{path}: the segment at {vaddr:#x} cannot be mapped from offset {offset:#x}"


def main():
    options = source.arguments(__doc__)
    kernel, programs = f"{options.out}/kernel/kernel", f"{options.out}/bin"
    if not os.path.exists(kernel) or not os.path.isdir(programs):
        source.skip("nothing is built")
    problems = list(check_kernel(kernel))
    for name in sorted(os.listdir(programs)):
        problems += check_program(os.path.join(programs, name))
    source.report(problems)


if __name__ == "__main__":
    main()

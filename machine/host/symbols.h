// SPDX-License-Identifier: MIT
// symbols.h - the functions that an ELF file names.
#pragma once

#include "board/loader.h"
#include "sight/count.h"

struct function {
    struct code_range at; // physical
    const char *name;
};

struct symbols {
    struct function *function; // sorted by address, apart from each other
    uint32 functions;
};

// Reads the functions of a kernel that was loaded to RAM at `base`: none when the file is no ELF
// file or has no symbols. The names lie in the file.
// Returns   false when there is not enough memory.
bool symbols_read(struct symbols *s, struct file f, uint64 base);

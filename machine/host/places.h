// SPDX-License-Identifier: MIT
// places.h - the functions that an ELF file names, by physical address, for counting.
#pragma once

#include "board/loader.h"
#include "sight/count.h"

struct place {
    struct code_range at; // physical
    const char *name;
};

struct places {
    struct place *function; // sorted by address, apart from each other
    uint32 functions;
};

// Reads the functions of a kernel: none when the file is no executable ELF file or has no symbols.
// The names lie in the file.
// Returns   false when there is not enough memory.
bool places_read(struct places *s, struct file f);

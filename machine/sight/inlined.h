// SPDX-License-Identifier: MIT
// inlined.h - names of functions that the compiler has put into others.
#pragma once

#include "board/loader.h"

#define INLINED_NAME 32

struct inlined_part {
    uint64 start, end; // [start, end)
    char name[INLINED_NAME];
};

struct inlined {
    struct inlined_part *part; // in the order of their addresses
    uint64 count;
};

// Reads the lines "INLINE 0x80005bfc 0x80005c54 read_acquire_inner" of a file of facts.
void inlined_read(struct inlined *in, struct file facts, void *(*alloc)(size_t));
// Returns the name of the innermost function that is inlined at `pc`. NULL: none is, or it is not
// known.
const char *inlined_find(const struct inlined *in, uint64 pc);

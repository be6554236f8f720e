// SPDX-License-Identifier: MIT
// lines.h - files and lines of instructions, from an ELF file's .debug_line.
#pragma once

#include "board/loader.h"

// The sections that are read; size 0: the file has none.
struct lines {
    struct file program, line_strings, strings;
};

struct line_place {
    const char *directory; // "": the file's name stands alone
    const char *file;
    uint64 line;
};

// Finds the sections of a file. The file stays in use.
void lines_open(struct lines *l, struct file f);
// Finds the place in the source of the instruction at `pc`. Returns false when it is not known.
bool lines_find(const struct lines *l, uint64 pc, struct line_place *place);

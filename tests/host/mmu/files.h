// SPDX-License-Identifier: MIT
// files.h - programs in memory, as the file system would hand them out, through a page cache that drops pages.
#pragma once

#include "lib/types.h"

#define PROGRAMS 4

// The contents of a program: pages of text, then data of the file, then zeroes.
struct pager;

struct program {
    uint64 text, data, bss; // bytes; text and bss are whole pages
    bool one_segment;       // R W X, and file pages and memory pages do not coincide: it is copied
};

extern const struct program programs[PROGRAMS];

uint64 program_word(int program, uint64 va); // the word at `va`, a multiple of 8, of a fresh image
struct pager *files_data(void);              // of a file that mappings can write to
uint64 files_drop(void);                     // the cache frees unused pages; returns their number

// SPDX-License-Identifier: MIT
// bootargs.h - the kernel command line: words separated by blanks, each KEY or KEY=VALUE.
#pragma once

#include "lib/types.h"

// The choices of the command line; pointers into the line or to constants.
struct bootargs {
    bool quiet;           // no print of the first page table
    const char *init;     // the first program
    const char *year;     // of the course whose labs are to run; NULL: none
    const char *root;     // the disk to mount: vda ...
    int harts;            // the most harts to run on
    int mmu;              // the mode of page tables: 0 is Sv39, 1 Sv48, 2 Sv57
    bool readonly;        // `ro`: mount the disk read-only
    const char *selftest; // a mistake to provoke instead of running programs; NULL: none
    char *arguments;      // the words after `--`, for the first program
};

extern struct bootargs bootargs; // constant after boot

void bootargs_parse(char *line); // cuts the line into words

// Cuts off the next word and moves *line behind it. NULL: there is none.
static inline char *
bootargs_word(char **line)
{
    char *start = *line;
    while (*start == ' ')
        start++;
    if (!*start)
        return NULL;
    char *end = start;
    while (*end && *end != ' ')
        end++;
    *line = *end ? end + 1 : end;
    *end = '\0';
    return start;
}

// SPDX-License-Identifier: MIT
// vmprint.h - a page table as text, in the forms that courses have asked for.
#pragma once

#include "pt/pt.h"

enum vmprint_style {
    VMPRINT_2020,    // " .. ..3: pte 0x%016lx pa 0x%016lx": index, a space before the first mark
    VMPRINT_PLAIN,   // VMPRINT_2020 without that space
    VMPRINT_2024,    // " .. ..0x%016lx: pte ...": the virtual address in place of the index
    VMPRINT_VERBOSE, // VMPRINT_2020, each line followed by its level and whether it is a table
    VMPRINT_STYLES
};

typedef int (*vmprint_fn)(void *ctx, const char *fmt, ...) printflike(2, 3);

// Prints the valid entries that stand for [start, end) and the tables on the way to them.
void vmprint(const struct pt *t, uint64 start, uint64 end, enum vmprint_style style,
             vmprint_fn print, void *ctx);

// SPDX-License-Identifier: MIT
// names.h - addresses of the kernel in words.
#pragma once

#include "machine.h"
#include "sight/lines.h"
#include "sight/symbols.h"

#define WORDS_MAX 256

struct names {
    struct symbols symbols;
    struct lines lines;
};

// Reads the names of a kernel's file, which stays in use.
void names_read(struct names *n, struct file kernel);
// Writes where an instruction is: "in walk+0x1c (kernel/vm.c:85)", or "at pc 0x80000000".
void names_place(const struct names *n, uint64 pc, char words[WORDS_MAX]);
// Writes the calls that the hart's kernel is inside of at `pc`: "walk < mappages < kvmmap".
// Returns false if only the innermost is known, or not even that.
bool names_calls(const struct names *n, const struct machine *m, unsigned hart, uint64 pc,
                 char words[WORDS_MAX]);

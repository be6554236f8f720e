// SPDX-License-Identifier: MIT
// names.h - the names of a kernel's addresses.
#pragma once

#include "machine.h"
#include "sight/lines.h"
#include "sight/symbols.h"

struct names {
    struct symbols symbols;
    struct lines lines;
};

// Reads the names of a kernel's file, which stays in use.
void names_read(struct names *n, struct file kernel);

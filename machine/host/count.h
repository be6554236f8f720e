// SPDX-License-Identifier: MIT
// count.h - the program's side of counting: names of functions, the table, the file.
#pragma once

#include <stdio.h>

#include "host/options.h"
#include "host/places.h"
#include "sight/count.h"

struct counting {
    struct count count;
    struct places symbols;
    FILE *file; // NULL: a table on standard error
    const char *path;
};

// Lets the machine count, if the options ask for that: functions are the kernel's. Before the first
// run. Does not return when a file cannot be read or written, or memory is lacking: says why.
void counting_start(struct counting *c, struct machine *m, const struct options *o);
// Tells the counts, if there are any. Returns false when the file is not complete: says why.
bool counting_end(struct counting *c, const struct machine *m);

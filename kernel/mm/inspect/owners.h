// SPDX-License-Identifier: MIT
// owners.h - the owners of memory: the ledger of frames, summed up by kind and owner.
#pragma once

#include "abi/pgmap.h"
#include "lib/types.h"

#define OWNERS_MAX 1024 // lines; when all are used, frames count in the line of their kind

struct owners {
    int n;
    struct ledgerline line[OWNERS_MAX];
    uint16 slot[2 * OWNERS_MAX]; // hash table: index of a line + 1; 0: empty
};

int owners_collect(struct owners *o); // reads the whole ledger; how many lines

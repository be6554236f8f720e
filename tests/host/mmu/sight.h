// SPDX-License-Identifier: MIT
// sight.h - comparison of an access by a cached entry with the access by the table.
#pragma once

#include "mmu/hart.h"

// Where a walk has ended.
struct outcome {
    pte_t pte; // a leaf, or the entry in its place
    int level;
    pte_t *slot; // where it is in memory
};

pte_t sight_touched(enum pt_access access); // the bits that tell of it

// Compares a possible outcome with that of the table; fails if it grants more.
enum sight sight_compare(struct outcome o, struct outcome now, uint64 va, enum pt_access access,
                         enum mode mode);

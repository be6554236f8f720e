// SPDX-License-Identifier: MIT
// ranges.h - a short sorted list of ranges that neither overlap nor touch.
#pragma once

#include "lib/range.h"

#define RANGES 32 // most ranges of a list

struct ranges {
    int n;
    struct range v[RANGES]; // ascending, with a gap between any two
};

bool ranges_add(struct ranges *l, struct range r) must_check;       // false: the list is full
void ranges_remove(struct ranges *l, int i);                        // takes out number i
uint64 ranges_overlap_size(const struct ranges *l, struct range r); // how much of r the list covers
uint64 ranges_gap(const struct ranges *l, struct range room, uint64 size, uint64 align);

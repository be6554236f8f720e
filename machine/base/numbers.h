// SPDX-License-Identifier: MIT
// numbers.h - small sums.
#pragma once

#include "base/types.h"

static inline uint64
smaller(uint64 a, uint64 b)
{
    return a < b ? a : b;
}

// Returns how many bits of the word are 1.
static inline unsigned
count_bits(uint64 word)
{
    unsigned n = 0;
    for (; word != 0; word &= word - 1)
        n++;
    return n;
}

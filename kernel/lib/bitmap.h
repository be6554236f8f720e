// SPDX-License-Identifier: MIT
// bitmap.h - arrays of bits in 64-bit words; bit i is bit i % 64 of word i / 64. In memory that is
// the order of ext2's bitmaps, too.
#pragma once

#include "lib/types.h"

#define BITMAP_WORDS(bits) (((bits) + 63) / 64)

// Returns whether bit i is set.
static inline bool
bitmap_test(const uint64 *map, uint64 i)
{
    return map[i / 64] >> (i % 64) & 1;
}

// Sets bit i, with a plain store: the caller excludes other writers of the word.
static inline void
bitmap_set(uint64 *map, uint64 i)
{
    map[i / 64] |= 1UL << (i % 64);
}

// Clears bit i, with a plain store: the caller excludes other writers of the word.
static inline void
bitmap_clear(uint64 *map, uint64 i)
{
    map[i / 64] &= ~(1UL << (i % 64));
}

uint64 bitmap_zero_in(const uint64 *map, uint64 start, uint64 end); // `end` if there is none
// The first zero at or after `hint`, else the first before it; `bits` if there is none.
uint64 bitmap_find_zero(const uint64 *map, uint64 bits, uint64 hint);

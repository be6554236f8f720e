// SPDX-License-Identifier: MIT
// bits.c - search, set and clear bits of the disk's bitmaps. A bitmap is an aligned page: words of
// ones are skipped 64 bits at a time.
#include "fs/ext2/bits.h"

typedef uint64 __attribute__((may_alias)) word;

// Tells whether bit i is set.
bool
bits_test(const void *map, uint32 i)
{
    return ((const uint8 *)map)[i / 8] >> i % 8 & 1;
}

// The first zero in [from, end); BIT_NONE: there is none.
uint32
bits_find_zero(const void *map, uint32 from, uint32 end)
{
    const word *w = map;
    if (from < end && !bits_test(map, from)) // the usual case
        return from;
    for (uint32 i = from; i < end; i = (i | 63) + 1) {
        word free = ~w[i / 64] & (~0UL << (i % 64));
        if (!free)
            continue;
        uint32 at = (i & ~63U) + (uint32)__builtin_ctzl(free);
        return at < end ? at : BIT_NONE;
    }
    return BIT_NONE;
}

// Sets bit i. Returns what it was. The caller excludes other writers.
bool
bits_set(void *map, uint32 i)
{
    uint8 *b = (uint8 *)map + i / 8, mask = (uint8)(1 << i % 8);
    bool was = *b & mask;
    *b |= mask;
    return was;
}

// Clears bit i. Returns what it was. The caller excludes other writers.
bool
bits_clear(void *map, uint32 i)
{
    uint8 *b = (uint8 *)map + i / 8, mask = (uint8)(1 << i % 8);
    bool was = *b & mask;
    *b &= (uint8)~mask;
    return was;
}

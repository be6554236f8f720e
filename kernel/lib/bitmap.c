// SPDX-License-Identifier: MIT
// bitmap.c - searching and counting bits a word at a time.
//
// Theory    The base instruction set has no count instructions, so both are arithmetic: sums of
//           neighbouring bits, of pairs, of nibbles; then one multiplication adds up the bytes.
#include "lib/bitmap.h"

static uint64
ones(uint64 v)
{
    v -= v >> 1 & 0x5555555555555555;
    v = (v & 0x3333333333333333) + (v >> 2 & 0x3333333333333333);
    v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0f;
    return v * 0x0101010101010101 >> 56;
}

// The position of the lowest zero of a word that has one.
static uint64
lowest_zero(uint64 v)
{
    return ones(v & ~(v + 1)); // the ones below it
}

// The first zero in [start, end), else `end`.
static uint64
find_in(const uint64 *map, uint64 start, uint64 end)
{
    while (start < end) {
        uint64 v = map[start / 64] | ((1UL << (start % 64)) - 1);
        if (v != ~0UL) {
            uint64 at = start / 64 * 64 + lowest_zero(v);
            return at < end ? at : end;
        }
        start = start / 64 * 64 + 64;
    }
    return end;
}

// Finds a zero among the first `bits` bits: the first one at or after `hint`, else the first one
// before.
// Returns   its number; `bits` if there is none.
uint64
bitmap_find_zero(const uint64 *map, uint64 bits, uint64 hint)
{
    if (hint >= bits)
        hint = 0;
    uint64 at = find_in(map, hint, bits);
    if (at != bits)
        return at;
    at = find_in(map, 0, hint);
    return at != hint ? at : bits;
}

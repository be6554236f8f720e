// SPDX-License-Identifier: MIT
// bitmap.c - searching bits a word at a time.
#include "lib/bitmap.h"

// The first zero in [start, end); `end` if there is none.
uint64
bitmap_zero_in(const uint64 *map, uint64 start, uint64 end)
{
    if (start < end && !bitmap_test(map, start)) // the usual case
        return start;
    for (; start < end; start = start / 64 * 64 + 64) {
        uint64 v = map[start / 64] | ((1UL << (start % 64)) - 1);
        if (v == ~0UL)
            continue;
        uint64 at = start / 64 * 64 + (uint64)__builtin_ctzl(~v);
        return at < end ? at : end;
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
    uint64 at = bitmap_zero_in(map, hint, bits);
    if (at != bits)
        return at;
    at = bitmap_zero_in(map, 0, hint);
    return at != hint ? at : bits;
}

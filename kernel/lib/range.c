// SPDX-License-Identifier: MIT
// range.c - arithmetic of half-open ranges.
#include "lib/range.h"

// Makes [start, start + size). Returns false, with *out as it was, if its end exceeds 64 bits.
bool
range_make(uint64 start, uint64 size, struct range *out)
{
    uint64 end;
    if (!checked_add(start, size, &end))
        return false;
    *out = (struct range){start, end};
    return true;
}

// Returns whether the two have a byte in common; an empty range has none.
bool
range_overlap(struct range a, struct range b)
{
    return larger(a.start, b.start) < smaller(a.end, b.end);
}

// The range that both have in common; if there is none, an empty range within `a`.
struct range
range_intersect(struct range a, struct range b)
{
    uint64 start = smaller(larger(a.start, b.start), a.end);
    return (struct range){start, larger(start, smaller(a.end, b.end))};
}

// SPDX-License-Identifier: MIT
// range.c - arithmetic of half-open ranges.
#include "lib/range.h"

static uint64
smaller(uint64 a, uint64 b)
{
    return a < b ? a : b;
}

static uint64
larger(uint64 a, uint64 b)
{
    return a > b ? a : b;
}

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

// Tells whether the two have a byte in common; an empty range has none.
bool
range_overlap(struct range a, struct range b)
{
    return larger(a.start, b.start) < smaller(a.end, b.end);
}

// Tells whether `inner` lies within `outer`, ends included.
bool
range_contains(struct range outer, struct range inner)
{
    return outer.start <= inner.start && inner.end <= outer.end;
}

// The range that both have in common; if there is none, an empty range within `a`.
struct range
range_intersect(struct range a, struct range b)
{
    uint64 start = smaller(larger(a.start, b.start), a.end);
    return (struct range){start, larger(start, smaller(a.end, b.end))};
}

// Splits r around a hole: what lies before it and what lies after it, either of which may be empty.
void
range_cut(struct range r, struct range hole, struct range *before, struct range *after)
{
    *before = (struct range){r.start, larger(r.start, smaller(r.end, hole.start))};
    *after = (struct range){smaller(r.end, larger(before->end, hole.end)), r.end};
}

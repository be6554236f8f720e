// SPDX-License-Identifier: MIT
// range.h - half-open ranges [start, end) of addresses, offsets or numbers.
//
// start <= end always; a range with start == end is empty, overlaps nothing and lies in every range
// that reaches around it.
#pragma once

#include "lib/types.h"

struct range {
    uint64 start, end;
};

// The smaller of two numbers.
static inline uint64
smaller(uint64 a, uint64 b)
{
    return a < b ? a : b;
}

// The larger of two numbers.
static inline uint64
larger(uint64 a, uint64 b)
{
    return a > b ? a : b;
}

bool range_make(uint64 start, uint64 size, struct range *out) must_check; // false: would wrap
bool range_overlap(struct range a, struct range b);
struct range range_intersect(struct range a, struct range b);

// The number of bytes, or of whatever the range counts.
static inline uint64
range_size(struct range r)
{
    return r.end - r.start;
}

// Returns whether nothing lies in the range.
static inline bool
range_empty(struct range r)
{
    return r.start >= r.end;
}

// Returns whether the number is within the range.
static inline bool
range_has(struct range r, uint64 at)
{
    return at - r.start < r.end - r.start; // one comparison: below start wraps to a large distance
}

// a + b unless that exceeds 64 bits.
static inline bool must_check
checked_add(uint64 a, uint64 b, uint64 *sum)
{
    return !__builtin_add_overflow(a, b, sum);
}

// SPDX-License-Identifier: MIT
// ranges.c - a short sorted list of ranges that neither overlap nor touch.
#include "lib/ranges.h"

#include "lib/string.h"

// Adds a range to the list, merged with those that it overlaps or touches. An empty range adds
// nothing.
// Returns   false, with the list unchanged: it is full, and r touches no range of it.
bool
ranges_add(struct ranges *l, struct range r)
{
    int from = 0;
    if (range_empty(r))
        return true;
    while (from < l->n && l->v[from].end < r.start)
        from++;
    int to = from;
    for (; to < l->n && l->v[to].start <= r.end; to++) {
        r.start = l->v[to].start < r.start ? l->v[to].start : r.start;
        r.end = l->v[to].end > r.end ? l->v[to].end : r.end;
    }
    if (from == to && l->n == RANGES)
        return false;
    memmove(&l->v[from + 1], &l->v[to], (size_t)(l->n - to) * sizeof l->v[0]);
    l->v[from] = r;
    l->n += 1 - (to - from);
    return true;
}

// Takes range number i out of the list.
void
ranges_remove(struct ranges *l, int i)
{
    l->n--;
    memmove(&l->v[i], &l->v[i + 1], (size_t)(l->n - i) * sizeof l->v[0]);
}

// The number of bytes of r that ranges of the list cover.
uint64
ranges_overlap_size(const struct ranges *l, struct range r)
{
    uint64 size = 0;
    for (int i = 0; i < l->n; i++)
        size += range_size(range_intersect(r, l->v[i]));
    return size;
}

// Finds `size` bytes in `room` that no range of the list overlaps.
// Returns   the lowest address that is a multiple of `align`, a power of two; room.end: there is
//           none.
uint64
ranges_gap(const struct ranges *l, struct range room, uint64 size, uint64 align)
{
    uint64 at = room.start;
    for (int i = 0; i <= l->n; i++) {
        uint64 end;
        if (!checked_add(at, -at & (align - 1), &at) || !checked_add(at, size, &end) ||
            end > room.end)
            return room.end;
        if (i < l->n && range_overlap((struct range){at, end}, l->v[i]))
            at = l->v[i].end;
    }
    return at;
}

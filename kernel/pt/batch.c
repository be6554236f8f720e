// SPDX-License-Identifier: MIT
// batch.c - which addresses have to be fenced.
//
// Theory    A few ranges; one that touches another joins it, and when there is no room for one
//           more the whole address space is fenced instead. Ranges may come to overlap, which
//           costs a little.
// Next      mm/aspace/tlb.c
#include "pt/batch.h"

// Starts an empty batch that reports to `ops`.
void
batch_init(struct tlb_batch *b, const struct tlb_batch_ops *ops)
{
    b->ops = ops;
    batch_reset(b);
}

// Empties the batch: the owner has fenced all that it records.
void
batch_reset(struct tlb_batch *b)
{
    b->n = 0;
    b->all = false;
}

// Returns whether [start, end) overlaps or adjoins `r`.
static bool
touches(const struct tlb_range *r, uint64 start, uint64 end)
{
    return (r->end == 0 || start <= r->end) && (end == 0 || r->start <= end);
}

// Records that TLBs may hold stale entries for [start, end).
void
batch_add(struct tlb_batch *b, uint64 start, uint64 end)
{
    if (b->all)
        return;
    for (uint32 i = 0; i < b->n; i++) {
        struct tlb_range *r = &b->range[i];
        if (!touches(r, start, end))
            continue;
        r->start = start < r->start ? start : r->start;
        r->end =
            end - 1 > r->end - 1 ? end : r->end; // the 0 at the end of the space is the largest
        return;
    }
    if (b->n == TLB_RANGES)
        b->all = true;
    else
        b->range[b->n++] = (struct tlb_range){start, end};
}

// SPDX-License-Identifier: MIT
// note.h - how the library fills a batch. For pt/ alone, and its loops (pt/runs.h).
#pragma once

#include "pt/batch.h"

// Records that leaves for [va, end) were narrowed, split or removed.
static inline void
note_stale_range(struct tlb_batch *b, uint64 va, uint64 end)
{
    if (likely(b->n > 0 && va != 0 && b->range[b->n - 1].end == va)) // removal goes upwards
        b->range[b->n - 1].end = end;
    else
        batch_add(b, va, end);
}

// Records that a leaf of that level was narrowed, split or removed.
static inline void
note_stale(struct tlb_batch *b, uint64 va, int level)
{
    note_stale_range(b, va, va + pt_leaf_size(level));
}

// SPDX-License-Identifier: MIT
// note.h - how the library fills a batch. For pt/ alone.
#pragma once

#include "pt/batch.h"

void note_leaf(struct tlb_batch *b, uint64 va, pte_t old, int level); // a leaf was removed
void note_table(struct tlb_batch *b, uint64 pa, bool blank);          // a table was removed

// A leaf was narrowed or split, or is gone.
static inline void
note_stale(struct tlb_batch *b, uint64 va, pte_t old, int level)
{
    b->global |= (old & PTE_G) != 0;
    if (likely(b->n > 0 && va != 0 && b->range[b->n - 1].end == va)) // removal goes upwards
        b->range[b->n - 1].end = va + pt_leaf_size(level);
    else
        batch_add(b, va, va + pt_leaf_size(level));
}

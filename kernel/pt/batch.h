// SPDX-License-Identifier: MIT
// batch.h - what has been taken out of a page table and may still be in TLBs.
//
// Theory    Unhook, fence, free, in this order. The page-table library unhooks and writes down
//           here what it unhooked; mm/aspace/tlb.c fences what is written here and only then frees.
//           Functions that remove or narrow entries demand a batch, so the second and third step
//           cannot be forgotten.
// Promises  unhook-first: an entry is out of the table, and its range is recorded, before ops are
//           called for it. So ops may fence, free and batch_reset() in the middle of an operation.
// Fences    none here.
// Manual    priv sfence.vma: a changed leaf needs a fence for an address in it; a changed pointer
//           needs one for all addresses; global entries need one for all address spaces.
#pragma once

#include "pt/sv.h"

#define TLB_RANGES    4
#define TLB_FEW_PAGES 8 // more are fenced as a whole address space

struct tlb_batch;

struct tlb_batch_ops {
    // The leaf `old`, which stood at `level` > 0 for `va`, is gone. NULL: its frames have no
    // references to drop.
    void (*leaf)(struct tlb_batch *b, uint64 va, pte_t old, int level);
    // The table frame `pa` is gone. It holds zeroes only, so it can be a new table as it is.
    void (*table)(struct tlb_batch *b, uint64 pa);
    // Takes out the leaves of n neighbouring slots of level 0, holes among them, for the addresses
    // from va on, by runs_take() of pt/runs.h.
    void (*leaves)(struct tlb_batch *b, pte_t *slot, uint64 va, int n);
};

struct tlb_range {
    uint64 start, end; // [start, end); an end of 0 is the end of the address space
};

struct tlb_batch {
    const struct tlb_batch_ops *ops;
    uint32 n;                           // ranges in use
    bool all;                           // more than the ranges say: fence the whole address space
    struct tlb_range range[TLB_RANGES]; // what stale entries may cover; neighbours are merged
};

void batch_init(struct tlb_batch *b, const struct tlb_batch_ops *ops); // empty
void batch_reset(struct tlb_batch *b);                                 // all has been fenced
void batch_add(struct tlb_batch *b, uint64 start, uint64 end);         // entries here may be stale

// Returns whether there is nothing to fence.
static inline bool
batch_clean(const struct tlb_batch *b)
{
    return b->n == 0 && !b->all;
}

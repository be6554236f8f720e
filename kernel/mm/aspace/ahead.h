// SPDX-License-Identifier: MIT
// ahead.h - pages that a process is likely to ask for next (mm/aspace/fault.c).
#pragma once

#include "lib/types.h"
#include "mm/aspace/region.h"
#include "pt/pt.h"

struct aspace;

// The pages above va, whose entry `slot` is, that may follow there: as many as have `mark` in their
// entries just below va, if these are some; they share a table, and a region.
uint64 ahead_pages(const struct region *r, const pte_t *slot, uint64 va, pte_t mark);

// Is it worth asking? The page below has the mark.
static inline bool
ahead_likely(const pte_t *slot, pte_t mark)
{
    return (uint64)slot % PGSIZE && (pte_load(slot - 1) & mark);
}

// A hole of the region has been filled at va. Does the process go through a file that is no code,
// and the next page is missing?
static inline bool
ahead_file(const struct region *r, const pte_t *slot)
{
    bool last = !((uint64)(slot + 1) % PGSIZE);
    return r->pager && ahead_likely(slot, PTE_A) && !last && !pte_load(slot + 1) &&
           !(r->prot & PTE_X);
}

// Then some of the pages above are mapped, if they are in memory. as->lock held.
void ahead_map(struct aspace *as, const struct region *r, pte_t *slot, uint64 va);

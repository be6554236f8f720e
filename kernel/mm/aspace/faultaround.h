// SPDX-License-Identifier: MIT
// faultaround.h - fault-around: a fault also maps pages above the faulting one.
#pragma once

#include "lib/types.h"
#include "mm/aspace/region.h"
#include "pt/pt.h"

struct aspace;

// How many pages above va to map: as many as have the flag `mark` right below it. `slot` is va's.
uint64 faultaround_pages(const struct region *r, const pte_t *slot, uint64 va, pte_t mark);

// Returns whether the page below has the mark: a quick test before faultaround_pages().
static inline bool
faultaround_likely(const pte_t *slot, pte_t mark)
{
    return (uint64)slot % PGSIZE && (pte_load(slot - 1) & mark);
}

// Tells, when a fault has mapped a page of a file, whether the process seems to read the file in
// order: the page below was accessed, the next one is missing, and the region is not code.
static inline bool
faultaround_file(const struct region *r, const pte_t *slot)
{
    bool last = !((uint64)(slot + 1) % PGSIZE);
    return r->pager && faultaround_likely(slot, PTE_A) && !last && !pte_load(slot + 1) &&
           !(r->prot & PTE_X);
}

// Maps some of the pages above va that are in the page cache. as->lock held.
void faultaround_map(struct aspace *as, const struct region *r, pte_t *slot, uint64 va);

// SPDX-License-Identifier: MIT
// touched.c - collects and clears the A bits of a process's pages.
//
// Theory    The hart sets A in an entry when it uses it to translate. Clearing A makes the next use
//           visible; a larger leaf has one A for all its pages.
// Locks     as->lock. The process is in the kernel, but a walker may have an update under way, so
//           entries are replaced by compare-and-swap.
// Fences    the entries that lost A: a hart with such an entry in its TLB does not set A again.
// Manual    priv: sv32algorithm step 9, sfence.vma
#include "mm/inspect/touched.h"

#include "lib/string.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/defer.h"
#include "mm/aspace/tlb.h"
#include "pt/change.h"

struct look {
    uint64 start, end;
    uint32 *mask;
    struct mmu_batch b;
};

static void
set_bits(struct look *look, uint64 va, uint64 size)
{
    uint64 from = va > look->start ? va : look->start;
    uint64 to = va + size < look->end ? va + size : look->end;
    for (uint64 page = (from - look->start) >> PGSHIFT; page < (to - look->start) >> PGSHIFT;
         page++)
        look->mask[page / 32] |= 1U << (page % 32);
}

static int
look_at(pte_t *slot, uint64 va, int level, void *arg)
{
    struct look *look = arg;
    pte_t pte;
    do {
        pte = pte_load(slot);
        if (!(pte & PTE_U) || !(pte & PTE_A))
            return 0;
    } while (!pt_change_from(slot, pte, pte & ~PTE_A));
    set_bits(look, va, pt_leaf_size(level));
    batch_add(&look->b.tlb, va, va + pt_leaf_size(level));
    return 0;
}

// Sets bit i of mask[] if the process has accessed page i from `start` on since this was last asked
// for it, clears the others, and clears A in the entries. The range is the user's.
// Returns   0; -ENOMEM: a deferred table could not be unshared, and the mask is not meaningful.
// Locks     takes as->lock.
// Sleeps    for as->lock.
// Fences    the entries that lost A.
int
pages_touched(struct aspace *as, uint64 start, uint64 npages, uint32 *mask)
{
    struct look look = {.start = start, .end = start + npages * PGSIZE, .mask = mask};
    memset(mask, 0, (npages + 31) / 32 * sizeof *mask);
    mmu_batch_init(&look.b, as, MMU_LIVE);
    acquiresleep(&as->lock);
    int error = unshare(as, start, look.end);
    if (!error)
        error = pt_for_each_leaf(&as->pt, start, look.end, look_at, &look);
    mmu_flush(&look.b);
    releasesleep(&as->lock);
    return error;
}

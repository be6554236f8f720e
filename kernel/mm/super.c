// SPDX-License-Identifier: MIT
// super.c - see super.h.
//
// Promises  A failed split leaves leaf and block as they were.
// Fences    a split leaf is fenced before its frames can be treated one by one.
#include "mm/super.h"

#include "lib/page.h"
#include "mm/aspace.h"
#include "mm/frame.h"
#include "mm/tlb.h"
#include "mm/userpage.h"

#define SUPER_LEVEL 1
#define SUPER_PAGES (SUPER_SIZE / PGSIZE)

_Static_assert(PGSIZE << FRAME_MAX_ORDER == SUPER_SIZE, "the largest block");

// Is there nothing yet, not even a table, where a leaf of 2 MiB would stand?
static bool
vacant(struct aspace *as, uint64 va)
{
    int level;
    pte_t *slot = walk_leaf(&as->pt, va, &level);
    return slot && level >= SUPER_LEVEL && !pte_valid(pte_load(slot));
}

// Maps 2 MiB of zeroes at va. Not where the kernel has a mirror, whose leaves would have to be
// split at the same moment.
bool
super_add(struct aspace *as, uint64 va, uint64 prot)
{
    if (kpt->private_table || !vacant(as, va))
        return false;
    char *block = kalloc_order(FRAME_USER, as->owner->pid, FRAME_MAX_ORDER);
    if (!block)
        return false;
    for (uint64 i = 0; i < SUPER_PAGES; i++)
        page_zero(block + i * PGSIZE);
    if (mappages(&as->pt, va, SUPER_SIZE, v2p(block), userpage_flags(prot), SUPER_LEVEL) < 0) {
        kfree(block);
        return false;
    }
    userpage_mapped(frame_of(v2p(block)));
    as->pages += SUPER_PAGES;
    return true;
}

int
super_split(struct aspace *as, uint64 va)
{
    int level;
    pte_t *slot = walk_leaf(&as->pt, va, &level);
    if (!slot || level < SUPER_LEVEL || !pte_leaf(pte_load(slot)))
        return 0;
    struct frame *block = frame_of(pte_pa(pte_load(slot)));
    struct mmu_batch b;
    mmu_batch_init(&b, as, MMU_LIVE);
    int error = pt_split(&as->pt, va, 0, &b.tlb);
    mmu_flush(&b);
    if (!error)
        frame_split(block);
    return error;
}

int
super_split_edges(struct aspace *as, uint64 start, uint64 end)
{
    int error = start & (SUPER_SIZE - 1) ? super_split(as, start) : 0;
    if (!error && end & (SUPER_SIZE - 1))
        error = super_split(as, end);
    return error;
}

int
super_split_all(struct aspace *as, uint64 start, uint64 end)
{
    int error = 0;
    for (uint64 va = (start + SUPER_SIZE - 1) & -SUPER_SIZE; !error && va < end; va += SUPER_SIZE)
        error = super_split(as, va);
    return error;
}

// SPDX-License-Identifier: MIT
// super.c - see super.h.
//
// Promises  A failed split leaves leaf and block as they were. The mirror has a leaf of 2 MiB where
//           the process has one, or nothing, and never a table.
// Fences    a split leaf is fenced before its frames can be treated one by one.
#include "mm/super.h"

#include "abi/errno.h"
#include "lib/page.h"
#include "lib/panic.h"
#include "mm/aspace.h"
#include "mm/block.h"
#include "mm/frame.h"
#include "mm/mirror.h"
#include "mm/tlb.h"
#include "mm/userpage.h"

#define SUPER_LEVEL 1
#define SUPER_PAGES (SUPER_SIZE / PGSIZE)

_Static_assert(PGSIZE << FRAME_MAX_ORDER == SUPER_SIZE, "the largest block");

// Is there nothing yet, not even a table, where a leaf of 2 MiB would stand?
static bool
vacant(const struct pt *t, uint64 va)
{
    int level;
    pte_t *slot = walk_leaf(t, va, &level);
    return slot && level >= SUPER_LEVEL && !pte_valid(pte_load(slot));
}

// Takes out a leaf that super_add() has just put in.
static void
take_out(struct aspace *as, uint64 va)
{
    struct mmu_batch b;
    mmu_batch_init(&b, as, MMU_LIVE);
    int error = unmap(&as->pt, va, va + SUPER_SIZE, &b.tlb);
    assert(!error); // the range is the leaf's
    mmu_flush(&b);
}

// Maps 2 MiB of zeroes at va.
bool
super_add(struct aspace *as, uint64 va, uint64 prot)
{
    if (!vacant(&as->pt, va) || (as->kpt.root && !vacant(&as->kpt, va)))
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
    if (mirror_sync(as, va, va + SUPER_SIZE) == 0)
        return true;
    take_out(as, va);
    return false;
}

// Splits the leaf of level 1 that holds va, in both views.
static int
split_leaf(struct aspace *as, uint64 va)
{
    struct mmu_batch b;
    mmu_batch_init(&b, as, MMU_LIVE);
    int error = pt_split(&as->pt, va, 0, &b.tlb);
    if (!error && (error = mirror_split(as, va, &b.tlb)) < 0) {
        bool joined = pt_join(&as->pt, va, SUPER_LEVEL, &b.tlb);
        assert(joined); // its parts are as they were made
    }
    mmu_flush(&b);
    return error;
}

int
super_split(struct aspace *as, uint64 va)
{
    int level;
    pte_t *slot = walk_leaf(&as->pt, va, &level);
    if (!slot || level < SUPER_LEVEL || !pte_leaf(pte_load(slot)))
        return 0;
    pte_t pte = pte_load(slot);
    uint64 promised = userpage_promised(pte) ? super_tables(level) : 0;
    frames_settle(promised); // they are asked for now
    int error = split_leaf(as, va);
    if (!error)
        block_split(frame_of(pte_pa(pte)));
    else if (frames_promise(promised) < 0)
        return -ENOMEM;
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

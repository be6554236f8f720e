// SPDX-License-Identifier: MIT
// leaves.c - see leaves.h.
//
// Theory    A block that is whole has one count, and its leaves follow each other: they are copied
//           or cleared together. A hole costs next to nothing, eight of them are seen at a glance.
// Promises  unhook-first: leaves_gone() takes a block's leaves out of the table, all of them,
//           before it queues what they referred to.
// Locks     as->lock of the space, held by the caller.
// Fences    none here: fork's caller for what lost W, the batch for what is gone.
// Next      mm/frame/block.c
#include "mm/aspace/leaves.h"

#include "lib/page.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/mapsite.h"
#include "mm/aspace/super.h"
#include "mm/aspace/tlb.h"
#include "mm/frame/block.h"
#include "mm/frame/frame.h"
#include "mm/frame/userpage.h"

#define NOWHERE 1UL // no page begins there

// ---- Fork

// Both tables get the leaf that is in `from`, which loses W by that if it has to be `cow`.
static inline void
share_leaf(pte_t *from, pte_t *to, pte_t cow)
{
    pte_t pte = pte_load(from);
    if ((pte & cow) != cow) {
        pte = (pte & ~PTE_W) | cow;
        pte_exchange(from, pte);
    }
    pte_store(to, pte);
}

// The two now refer to 2^order frames that f is the first of, or the only one.
static inline void
share_frames(struct frame *f, int order)
{
    if (likely(order == 0))
        userpage_share(f);
    else
        block_get(f, order);
}

// Gives the child a copy of a leaf of 2 MiB, with the same rights.
// Returns   false, and nothing has changed: this is not wanted, or there is no block for it.
static bool
copy_large(const struct leaves_job *job, pte_t pte, pte_t *to)
{
    if (super_policy != SUPER_COPY || !job->cow)
        return false;
    char *block = kalloc_order(FRAME_USER, job->owner, FRAME_MAX_ORDER);
    if (!block)
        return false;
    for (uint64 at = 0; at < SUPER_SIZE; at += PGSIZE)
        page_copy(block + at, p2v(pte_pa(pte) + at));
    userpage_mapped(frame_of(v2p(block)));
    pte_store(to, pte_make(v2p(block), pte_flags(pte)));
    return true;
}

// One run of neighbouring slots for fork: both tables get the same leaves, and those that the
// process may write to become copy-on-write in both. A block is counted once.
int
leaves_share(pte_t *from, pte_t *to, uint64 va, int n, int level, void *arg)
{
    struct leaves_job *job = arg;
    pte_t cow = job->cow;
    uint64 size, pages = 0;
    (void)va;
    for (const pte_t *end = from + n; from < end; from += size, to += size) {
        pte_t pte = pte_load(from);
        if (!pte_valid(pte)) {
            size = slots_holes(from, end);
            continue;
        }
        if (level > 0 && copy_large(job, pte, to)) {
            pages += 1UL << FRAME_MAX_ORDER;
            size = 1;
            continue;
        }
        struct frame *f = frame_of(pte_pa(pte));
        int order = level > 0 ? FRAME_MAX_ORDER : f->order;
        share_frames(f, order);
        size = level > 0 ? 1 : 1UL << order;
        share_leaf(from, to, cow);
#pragma GCC unroll 8 // most of what a fork of much memory does
        for (uint64 i = 1; i < size; i++)
            share_leaf(&from[i], &to[i], cow);
        pages += 1UL << order;
    }
    job->pages += pages;
    return 0;
}

// ---- Unmapping and exit

// Takes out the n leaves from slot on.
static void
unhook_leaves(struct mmu_batch *b, pte_t *slot, uint64 va, uint64 n)
{
    (void)b; // where nobody notes
    for (pte_t *end = slot + n; slot < end; slot++, va += PGSIZE) {
        pte_exchange(slot, 0);
        mapsite_note(MAPSITE_UNMAP, b->as, va);
    }
}

void
leaves_gone(struct tlb_batch *t, pte_t *slot, uint64 va, int n)
{
    struct mmu_batch *b = container_of(t, struct mmu_batch, tlb);
    uint64 size, gone = 0, start = NOWHERE; // what is unhooked and not yet recorded begins there
    for (const pte_t *end = slot + n; slot < end; slot += size, va += size * PGSIZE) {
        pte_t pte = pte_load(slot);
        if (!pte_valid(pte)) {
            size = slots_holes(slot, end);
            continue;
        }
        const struct frame *f = frame_of(pte_pa(pte));
        uint64 order = f->order;
        size = 1UL << order;
        unhook_leaves(b, slot, va, size);
        gone += size;
        start = start == NOWHERE ? va : start;
        if (b->n == MMU_QUEUE) {
            batch_add(t, start, va + size * PGSIZE);
            start = NOWHERE;
        }
        mmu_queue(b, pte_pa(pte), order);
    }
    uvm_count(b->as, -(int64)gone);
    if (start != NOWHERE)
        batch_add(t, start, va);
}

// No hart knows them any more: nothing waits for a fence.
void
leaves_dead(struct tlb_batch *t, pte_t *slot, uint64 va, int n)
{
    struct mmu_batch *b = container_of(t, struct mmu_batch, tlb);
    uint64 size, gone = 0;
    userpage_release();
    for (const pte_t *end = slot + n; slot < end; slot += size, va += size * PGSIZE) {
        pte_t pte = pte_load(slot);
        if (!pte_valid(pte)) {
            size = slots_holes(slot, end);
            continue;
        }
        struct frame *f = frame_of(pte_pa(pte));
        int order = f->order;
        size = 1UL << order;
        pte_store(slot, 0);
#pragma GCC unroll 8 // most of what exit does after a fork of much memory
        for (uint64 i = 1; i < size; i++)
            pte_store(&slot[i], 0);
        for (uint64 i = 0; i < size; i++)
            mapsite_note(MAPSITE_UNMAP, b->as, va + i * PGSIZE);
        gone += size;
        if (order > 0)
            block_put(f, order);
        else
            userpage_drop(f);
    }
    uvm_count(b->as, -(int64)gone);
}

// They hold no references.
void
leaves_unmirrored(struct tlb_batch *t, pte_t *slot, uint64 va, int n)
{
    uint64 gone = 0;
    for (pte_t *at = slot, *end = slot + n; at < end; at++) {
        if (!pte_valid(pte_load(at))) {
            at += slots_holes(at, end) - 1;
            continue;
        }
        pte_exchange(at, 0);
        gone++;
    }
    if (gone)
        batch_add(t, va, va + (uint64)n * PGSIZE);
}

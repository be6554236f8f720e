// SPDX-License-Identifier: MIT
// leaves.c - many neighbouring leaves of a user table at once: for fork, unmap and exit.
//
// Theory    The loops are those of pt/runs.h; the functions here count the frames. An allocation of
//           2^order frames has one count, and its leaves follow one another: they are a run.
// Locks     as->lock of the space, held by the caller.
// Fences    none here: fork's caller for what lost W, the batch for what is gone.
// Next      pt/runs.h, mm/frame/compound.c
#include "mm/aspace/leaves.h"

#include "lib/page.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/mapsite.h"
#include "mm/aspace/super.h"
#include "mm/aspace/tlb.h"
#include "mm/frame/compound.h"
#include "mm/frame/frame.h"
#include "mm/frame/userpage.h"
#include "pt/change.h"
#include "pt/runs.h"

// The order of the run that begins with a leaf: the order of its allocation.
static inline int
order_of(pte_t leaf)
{
    return compound_order(frame_of(pte_pa(leaf)));
}

// ---- Fork

static inline void
count_shared(pte_t leaf, int order)
{
    struct frame *f = frame_of(pte_pa(leaf));
    if (likely(order == 0))
        userpage_share(f);
    else
        compound_get(f, order);
}

// Gives the child a copy of a leaf of 2 MiB, with the same rights.
// Returns   false, and nothing has changed: this is not wanted, or there is no memory for it.
static bool
copy_large(const struct leaves_job *job, pte_t pte, pte_t *to)
{
    if (super_policy != SUPER_COPY || !job->cow)
        return false;
    char *mem = kalloc_order(FRAME_USER, job->owner, FRAME_MAX_ORDER);
    if (!mem)
        return false;
    for (uint64 at = 0; at < SUPER_SIZE; at += PGSIZE)
        page_copy(mem + at, p2v(pte_pa(pte) + at));
    userpage_mapped(frame_of(v2p(mem)));
    pt_prepare(to, pte_make(v2p(mem), pte_flags(pte)));
    return true;
}

// Gives the child a copy of a superpage if that is wanted, else shares it.
static void
share_large(struct leaves_job *job, pte_t *from, pte_t *to)
{
    pte_t leaf = pte_load(from);
    job->pages += 1UL << FRAME_MAX_ORDER;
    if (copy_large(job, leaf, to))
        return;
    compound_get(frame_of(pte_pa(leaf)), FRAME_MAX_ORDER);
    run_share_leaf(from, to, job->cow);
}

// One run of neighbouring slots for fork: both tables get the same leaves, and those that the
// process may write to become copy-on-write in both. An allocation is counted once.
int
leaves_share(pte_t *from, pte_t *to, uint64 va, int n, int level, void *arg)
{
    struct leaves_job *job = arg;
    (void)va;
    if (level > 0)
        share_large(job, from, to);
    else
        job->pages += runs_share(from, to, n, job->cow, order_of, count_shared);
    return 0;
}

// ---- Unmapping and exit

static inline void
note_unmapped(const struct mmu_batch *b, uint64 va, int order)
{
    for (uint64 i = 0; DEBUG_BUILD && i < 1UL << order; i++)
        mapsite_note(MAPSITE_UNMAP, b->as, va + i * PGSIZE);
}

static inline bool
queue_run(struct tlb_batch *t, uint64 va, pte_t leaf, int order)
{
    struct mmu_batch *b = container_of(t, struct mmu_batch, tlb);
    note_unmapped(b, va, order);
    return mmu_queue(b, pte_pa(leaf), (uint64)order);
}

// Takes the leaves of n slots out of a table in use. Their frames are freed after the fence.
void
leaves_gone(struct tlb_batch *t, pte_t *slot, uint64 va, int n)
{
    struct mmu_batch *b = container_of(t, struct mmu_batch, tlb);
    uvm_count(b->as, -(int64)runs_take(t, slot, va, n, RUN_LIVE, order_of, queue_run));
}

static inline bool
drop_run(struct tlb_batch *t, uint64 va, pte_t leaf, int order)
{
    struct frame *f = frame_of(pte_pa(leaf));
    note_unmapped(container_of(t, struct mmu_batch, tlb), va, order);
    if (order > 0)
        compound_put(f, order);
    else
        userpage_drop(f);
    return false;
}

// Takes out the leaves of n slots of a table that no hart can use any more. Their frames are freed
// at once.
void
leaves_dead(struct tlb_batch *t, pte_t *slot, uint64 va, int n)
{
    struct mmu_batch *b = container_of(t, struct mmu_batch, tlb);
    userpage_release();
    uvm_count(b->as, -(int64)runs_take(t, slot, va, n, RUN_DEAD, order_of, drop_run));
}

static inline int
single_order(pte_t leaf)
{
    (void)leaf;
    return 0;
}

static inline bool
no_reference(struct tlb_batch *t, uint64 va, pte_t leaf, int order)
{
    (void)t, (void)va, (void)leaf, (void)order;
    return false;
}

// Takes the leaves of n slots out of a mirror; they hold no references.
void
leaves_unmirrored(struct tlb_batch *t, pte_t *slot, uint64 va, int n)
{
    if (runs_take(t, slot, va, n, RUN_NOTED, single_order, no_reference))
        batch_add(t, va, va + (uint64)n * PGSIZE);
}

// SPDX-License-Identifier: MIT
// tlb.c - fences the entries that a batch records, then frees their frames.
//
// Theory    A space is changed on the hart that runs it, or while none does. So a change fences
//           this hart alone. Other harts fence late: tlb_note_change() takes them out of as->harts,
//           and each of them fences in asid_enter() (mm/aspace/asid.c) when it runs the space
//           again. There is no remote fence for user memory.
//           Every hart may use a kernel address: kvm_shootdown() (mm/kvm/shootdown.c) fences
//           unmapped ones on all harts. A kernel stack that is mapped is fenced late: by each hart
//           at its first use of the stack (kstack_sync(), mm/kvm/kstack.c).
// Promises  unhook, fence, free: a frame is freed after the fence for the entry that led to it.
// Manual    priv sfence.vma
#include "mm/aspace/tlb.h"

#include "mm/aspace/leaves.h"
#include "mm/aspace/mapsite.h"
#include "mm/aspace/spare.h"
#include "mm/frame/compound.h"
#include "mm/frame/frame.h"
#include "mm/frame/userpage.h"

static bool
few_pages(const struct tlb_batch *t)
{
    uint64 size = 0;
    for (uint32 i = 0; i < t->n; i++)
        size += t->range[i].end - t->range[i].start;
    return !t->all && size <= TLB_FEW_PAGES * PGSIZE;
}

// Fences what the batch records for one table of the space.
static void
fence_view(const struct tlb_batch *t, uint64 asid)
{
    if (!few_pages(t)) {
        sfence_vma_asid(asid);
        return;
    }
    for (uint32 i = 0; i < t->n; i++)
        for (uint64 va = t->range[i].start; va != t->range[i].end; va += PGSIZE)
            sfence_vma_page(va, asid);
}

// Fences both tables of the space: the mirror's entries may have been narrowed with the user's.
static void
fence(const struct mmu_batch *b)
{
    if (b->state == MMU_DEAD || !tlb_note_change(b->as)) {
        mycpu()->fences_avoided++;
        return;
    }
    if (b->state == MMU_LIVE)
        fence_view(&b->tlb, b->as->asid);
    if (b->as->kpt.root)
        fence_view(&b->tlb, b->as->kasid);
}

// Frees what an entry of the queue stands for, if that is a table or a compound allocation.
static void
put_special(struct mmu_batch *b, uint64 pa, uint64 what)
{
    if (what != MMU_TABLE)
        compound_put(frame_of(pa), (int)what);
    else if (b->keep)
        spare_keep(b->as, p2v(pa));
    else
        kfree_zeroed(p2v(pa));
}

static void
free_queued(struct mmu_batch *b)
{
    userpage_release();
    for (const uint64 *q = b->queue, *end = q + b->n; q < end; q++) {
        uint64 what = *q % PGSIZE;
        if (likely(what == 0))
            userpage_drop(frame_of(*q));
        else
            put_special(b, *q - what, what);
    }
    b->n = 0;
}

// Fences what the batch records, then frees the frames in its queue. The batch is empty afterwards.
// Locks     as->lock held.
// Fences    the recorded addresses, in both tables, if this hart runs the space.
void
mmu_flush(struct mmu_batch *b)
{
    if (!batch_clean(&b->tlb))
        fence(b);
    batch_reset(&b->tlb);
    free_queued(b);
}

// Queues the allocation of a superpage that has been unmapped.
static void
leaf_gone(struct tlb_batch *t, uint64 va, pte_t old, int level)
{
    struct mmu_batch *b = container_of(t, struct mmu_batch, tlb);
    uvm_count(b->as, -(int64)(pt_leaf_size(level) / PGSIZE));
    if (DEBUG_BUILD)
        mapsite_note(MAPSITE_UNMAP, b->as, va);
    mmu_queue(b, pte_pa(old), FRAME_MAX_ORDER);
}

static void
table_gone(struct tlb_batch *t, uint64 pa)
{
    mmu_queue(container_of(t, struct mmu_batch, tlb), pa, MMU_TABLE);
}

static const struct tlb_batch_ops user_ops = {
    .leaf = leaf_gone,
    .table = table_gone,
    .leaves = leaves_gone,
};
static const struct tlb_batch_ops dead_ops = {
    .leaf = leaf_gone,
    .table = table_gone,
    .leaves = leaves_dead,
};
static const struct tlb_batch_ops mirror_ops = {
    .table = table_gone,
    .leaves = leaves_unmirrored,
};

// Starts an empty batch for the space, whose tables are in that state.
void
mmu_batch_init(struct mmu_batch *b, struct aspace *as, enum mmu_state state)
{
    static const struct tlb_batch_ops *const ops[] = {
        [MMU_LIVE] = &user_ops,
        [MMU_DEAD] = &dead_ops,
        [MMU_MIRROR] = &mirror_ops,
    };
    batch_init(&b->tlb, ops[state]);
    b->as = as;
    b->state = state;
    b->keep = false;
    b->n = 0;
}

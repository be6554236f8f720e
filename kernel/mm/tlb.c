// SPDX-License-Identifier: MIT
// tlb.c - see tlb.h.
//
// Theory    User entries of an address space can only be in the TLB of the hart that has it in satp
//           (mm/aspace.h), and that is the hart this runs on, or none. So fences are local.
// Promises  unhook, fence, free: a frame is freed after the fence for the entry that led to it.
// Manual    priv sfence.vma
#include "mm/tlb.h"

#include "debug/mapsite.h"
#include "mm/aspace.h"
#include "mm/block.h"
#include "mm/frame.h"
#include "mm/super.h"
#include "mm/userpage.h"
#include "rv/csr.h"

#define BLANK     1UL // a table that is all zeroes
#define LARGE     2UL // what a leaf of level 1 referred to
#define PROMISED  4UL // a leaf's memory that was shared on a promise
#define FEW_PAGES 8   // up to here, fences by page

static void
fence_local(const struct tlb_batch *t)
{
    if (t->all || t->n != 1 || t->range[0].end - t->range[0].start > FEW_PAGES * PGSIZE) {
        sfence_vma_user();
        return;
    }
    for (uint64 va = t->range[0].start; va != t->range[0].end; va += PGSIZE)
        sfence_vma_page(va);
}

// Returns   the promised frames that nobody will come for any more.
static uint64
put_special(uint64 pa, uint64 marks)
{
    int level = marks & LARGE ? 1 : 0;
    uint64 shared = level ? block_put(frame_of(pa)) : frame_put(frame_of(pa));
    return marks & PROMISED ? shared + super_tables(level) : 0;
}

static void
free_queued(struct mmu_batch *b)
{
    uint64 settled = 0;
    for (uint32 i = 0; i < b->n; i++) {
        uint64 pa = b->queue[i] & -PGSIZE;
        if (b->queue[i] & BLANK)
            kfree_zeroed(p2v(pa));
        else if (b->queue[i] & (LARGE | PROMISED))
            settled += put_special(pa, b->queue[i]);
        else
            kfree(p2v(pa));
    }
    b->n = 0;
    if (settled)
        frames_settle(settled);
}

void
mmu_flush(struct mmu_batch *b)
{
    if (b->state != MMU_DEAD && mycpu()->as == b->as && !batch_clean(&b->tlb))
        fence_local(&b->tlb);
    batch_reset(&b->tlb);
    free_queued(b);
}

static void
enqueue(struct mmu_batch *b, uint64 pa)
{
    if (b->n == MMU_QUEUE)
        mmu_flush(b); // all that is queued has been unhooked and recorded: pt/batch.h
    b->queue[b->n++] = pa;
}

static void
leaf_gone(struct tlb_batch *t, uint64 va, pte_t old, int level)
{
    struct mmu_batch *b = container_of(t, struct mmu_batch, tlb);
    b->as->pages -= pt_leaf_size(level) / PGSIZE;
    mapsite_note(MAPSITE_UNMAP, b->as, va);
    uint64 marks = userpage_promised(old) ? PROMISED : 0;
    if (level == 0)
        userpage_unmapped(frame_of(pte_pa(old)));
    else
        marks |= LARGE;
    enqueue(b, pte_pa(old) | marks);
}

static void
table_gone(struct tlb_batch *t, uint64 pa, bool blank)
{
    enqueue(container_of(t, struct mmu_batch, tlb), pa | (blank ? BLANK : 0));
}

static const struct tlb_batch_ops user_ops = {.leaf = leaf_gone, .table = table_gone};
static const struct tlb_batch_ops mirror_ops = {.leaf = NULL, .table = table_gone};

void
mmu_batch_init(struct mmu_batch *b, struct aspace *as, enum mmu_state state)
{
    batch_init(&b->tlb, state == MMU_MIRROR ? &mirror_ops : &user_ops);
    b->as = as;
    b->state = state;
    b->n = 0;
}

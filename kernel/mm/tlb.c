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
#include "mm/userpage.h"
#include "rv/csr.h"

#define BLANK     1UL
#define LARGE     2UL
#define FEW_PAGES 8 // up to here, fences by page

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

static void
free_queued(struct mmu_batch *b)
{
    for (uint32 i = 0; i < b->n; i++) {
        if (b->queue[i] & BLANK)
            kfree_zeroed(p2v(b->queue[i] & ~BLANK));
        else if (b->queue[i] & LARGE)
            block_put(frame_of(b->queue[i] & ~LARGE));
        else
            kfree(p2v(b->queue[i]));
    }
    b->n = 0;
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
    if (level == 0)
        userpage_unmapped(frame_of(pte_pa(old)));
    enqueue(b, pte_pa(old) | (level == 0 ? 0 : LARGE));
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

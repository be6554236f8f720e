// SPDX-License-Identifier: MIT
// tlb.h - fences after a change of a space's tables; frames of unhooked entries are freed after it.
#pragma once

#include "lib/types.h"
#include "mm/aspace/aspace.h"
#include "pt/batch.h"
#include "rv/csr.h"

#define MMU_QUEUE 64

enum mmu_state {
    MMU_LIVE,   // a hart may have the space in satp: its own hart, if it runs now
    MMU_DEAD,   // no hart has it in satp, and each that had it has fenced
    MMU_MIRROR, // like MMU_LIVE, in the kernel's table of the process: leaves hold no references
};

// The frames of unhooked leaves and tables wait here for the fence.
struct mmu_batch {
    struct tlb_batch tlb; // the part that pt/ fills
    struct aspace *as;
    enum mmu_state state;
    bool keep; // blank tables stay with the space: mm/aspace/spare.h
    uint32 n;
    uint64 queue[MMU_QUEUE]; // physical addresses, marked with what they are: tlb.c
};

// The low bits of a queue entry: the order of the allocation to which leaves referred, or
#define MMU_TABLE 0x20UL // a table, which is all zeroes

void mmu_batch_init(struct mmu_batch *b, struct aspace *as, enum mmu_state state);
void mmu_flush(struct mmu_batch *b); // fences what is recorded, then frees what is queued

// Queues an allocation or a table at pa, whose entry is unhooked and recorded; `what` as above.
// Returns   whether the queue was full, so that all that is recorded has been fenced and freed.
static inline bool
mmu_queue(struct mmu_batch *b, uint64 pa, uint64 what)
{
    bool full = b->n == MMU_QUEUE;
    if (unlikely(full))
        mmu_flush(b);
    b->queue[b->n++] = pa + what;
    return full;
}

// Notes in as->harts that the space's tables have changed: the set keeps this hart, if it runs the
// space, and no other. No hart is interrupted. A hart that is not in the set fences the space when
// it runs it again (asid_enter()).
// Returns   whether this hart runs the space, so that the caller has to fence now. No other hart
//           runs it: a space is changed on the hart that runs it, or while none does.
static inline bool
tlb_note_change(struct aspace *as)
{
    bool here = mycpu()->as == as;
    as->harts = here ? mycpu()->asid_mask : 0;
    return here;
}

// After a change of the entry for va, in the user's table, the mirror or both: fences the page, if
// this hart runs the space.
static inline void
tlb_changed_page(struct aspace *as, uint64 va)
{
    if (!tlb_note_change(as))
        return;
    sfence_vma_page(va, as->asid);
    if (as->kpt.root)
        sfence_vma_page(va, as->kasid);
}

// After any change: fences all addresses of the space, if this hart runs it.
static inline void
tlb_changed(struct aspace *as)
{
    if (!tlb_note_change(as))
        return;
    sfence_vma_asid(as->asid);
    if (as->kpt.root)
        sfence_vma_asid(as->kasid);
}

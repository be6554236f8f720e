// SPDX-License-Identifier: MIT
// protect.c - changing the flags of what a range maps.
//
// Theory    Rights that are taken away must leave the TLBs before the kernel relies on that: such
//           entries go into the batch as stale ones. Rights that are added need no fence at once:
//           a hart with the old entry in its TLB faults once, and the fault handler has only to
//           fence.
// Promises  map-atomic: splitting what the edges cut is all that can fail, and comes first.
// Locks     none here; the caller owns the tree.
// Fences    none here; the batch says what is due.
// Manual    priv: sfence.vma, sv39pte
// Next      pt/super.c, mm/aspace/tlb.c
#include "pt/batch.h"
#include "pt/pt.h"

#include "abi/errno.h"
#include "lib/panic.h"
#include "pt/note.h"
#include "pt/span.h"

// The flags for which a changed entry needs a fence: a TLB may hold them.
#define CACHED (PTE_RWX | PTE_U | PTE_G | PTE_A | PTE_D)

struct protect_job {
    struct tlb_batch *b;
    uint64 clear, set;
};

static int
protect_leaf(pte_t *slot, uint64 va, int level, void *arg)
{
    struct protect_job *job = arg;
    pte_t old, pte;
    do {
        old = pte_load(slot); // again if a walker has set A or D meanwhile
        pte = (old & ~job->clear) | job->set;
        if (pte == old)
            return 0;
        if (!pte_leaf(pte) || (pte & (PTE_R | PTE_W)) == PTE_W)
            panic("protect: va 0x%lx: pte 0x%lx would become 0x%lx", va, old, pte);
    } while (!pte_replace(slot, old, pte));
    if (old & ~pte & CACHED)
        note_stale(job->b, va, level);
    return 0;
}

// Changes the flags of each leaf in [start, end) to (flags & ~clear) | set; holes stay holes. The
// result must be a leaf again.
// On error  -EINVAL: not a range, or not flags of a leaf; -ENOMEM: a larger leaf at an edge
//           could not be split. Nothing changed.
int
protect(struct pt *t, uint64 start, uint64 end, uint64 clear, uint64 set, struct tlb_batch *b)
{
    if (start == end)
        return 0;
    if (!range_ok(t, start, end) || ((clear | set) & ~(PTE_FLAGS(~0UL) & ~PTE_V)) != 0)
        return -EINVAL;
    int err = split_edges(t, start, end, b);
    if (err < 0)
        return err;
    struct protect_job job = {b, clear, set};
    return pt_for_each_leaf(t, start, end, protect_leaf, &job);
}

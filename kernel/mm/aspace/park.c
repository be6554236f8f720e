// SPDX-License-Identifier: MIT
// park.c - see park.h.
//
// Theory    Parked in a tree: an entry of level 1 without V, marked, that still has the address of
//           the table. Parent and child fork on with such entries as they are.
// Fences    none when a table is parked: uvmcopy() drops all that is known of the parent's tree, so
//           parked tables are in no TLB. One for all that comes back.
// Next      doc/decisions/0024-tables-parked-at-fork.md
#include "mm/aspace/park.h"

#include "abi/errno.h"
#include "lib/panic.h"
#include "mm/aspace/leaves.h"
#include "mm/aspace/mirror.h"
#include "mm/aspace/super.h"
#include "mm/aspace/tlb.h"
#include "mm/frame/frame.h"
#include "mm/frame/userpage.h"
#include "mm/kvm/layout.h"
#include "pt/change.h"

#define PARK_LEVEL 1 // where the pointers to leaf tables are

static struct frame *
table_frame(pte_t pointer)
{
    return frame_of(pte_pa(pointer));
}

// Gives up one space's share of the table.
// Returns   false: no other space shares it. The caller then owns the table, unchanged.
static bool
leave_table(struct frame *f)
{
    int32 refs = __atomic_load_n(&f->refs, __ATOMIC_ACQUIRE);
    while (refs > 1) // acquire and release: the last space sees that the others took W
        if (__atomic_compare_exchange_n(&f->refs, &refs, refs - 1, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE))
            return true;
    return false;
}

// ---- The mirror's tables (mm/aspace/mirror.h)

// A mirror's table is parked while the user's is, by this space alone. A child's is missing until
// it needs one: then all tables above it are there.
static pte_t *
twin_slot(struct aspace *as, uint64 va)
{
    return as->kpt.root ? pt_slot(&as->kpt, va, PARK_LEVEL) : NULL;
}

static void
twin_park(struct aspace *as, uint64 va)
{
    pte_t *slot = twin_slot(as, va);
    if (!slot)
        return;
    assert(pte_table(pte_load(slot))); // a mirror has tables where the user has
    pt_defer(slot, PTE_PARKED);
}

// Makes a missing one, or fails with -ENOMEM.
static int
twin_reserve(struct aspace *as, uint64 va)
{
    const pte_t *slot = twin_slot(as, va);
    if (!slot || pte_load(slot))
        return 0;
    return mirror_reserve(as, va);
}

// Its leaves may have more rights than the user's, which others have taken from these.
static void
twin_unpark(struct aspace *as, uint64 va)
{
    pte_t *slot = twin_slot(as, va);
    if (!slot)
        return;
    pt_resume(slot, pte_pa(pte_load(slot)));
    int error = mirror_sync(as, va, va + SUPER_SIZE);
    assert(!error); // the table is there
}

static void
twin_drop(struct aspace *as, uint64 va)
{
    pte_t *slot = twin_slot(as, va), pte = slot ? pte_load(slot) : 0;
    if (!pte_parked(pte))
        return;
    pt_forget(slot); // a walker has seen a hole since it was parked
    kfree(p2v(pte_pa(pte)));
}

// ---- Fork

struct share_job {
    struct aspace *to, *from;
};

static pte_t
park(struct aspace *as, pte_t *slot, uint64 va)
{
    pte_t pte = pt_defer(slot, PTE_PARKED);
    twin_park(as, va);
    as->parked++;
    return pte;
}

static int
share_table(pte_t *slot, uint64 va, int level, void *arg)
{
    struct share_job *job = arg;
    pte_t pte = pte_load(slot);
    if (pte_leaf(pte))
        return 0; // shared as it is
    assert(level == PARK_LEVEL);
    pte_t *theirs = pt_slot(&job->to->pt, va, PARK_LEVEL);
    if (!theirs || (job->to->kpt.root && !twin_slot(job->to, va)))
        return -ENOMEM;
    if (pte_table(pte))
        pte = park(job->from, slot, va);
    frame_get(table_frame(pte));
    pt_prepare(theirs, pte);
    job->to->parked++;
    return 0;
}

int
park_share(struct aspace *to, struct aspace *from, int i)
{
    const struct region *r = &from->regions.v[i];
    struct share_job job = {to, from};
    struct pt_zone own = regions_own(&from->regions, i, USER_END);
    uint64 first = SUPER_ROUNDDOWN(r->start), last = SUPER_ROUNDUP(r->end);
    first += first < own.floor ? SUPER_SIZE : 0;
    last -= last > own.ceiling ? SUPER_SIZE : 0;
    if (first >= last)
        return unpark(from, r->start, r->end);
    int error = first > r->start ? unpark(from, r->start, first) : 0;
    if (!error && last < r->end)
        error = unpark(from, last, r->end);
    return error ? error : pt_for_each_table(&from->pt, first, last, share_table, &job);
}

// ---- Back in use

// The copy that fork would have made.
// Returns   NULL: no memory.
static pagetable_t
copy_table(struct aspace *as, struct frame *parked, uint64 va)
{
    struct leaves_job job = {.cow = PTE_COW};
    struct mmu_batch b;
    pagetable_t table = uvm_zalloc(as, FRAME_PGTABLE);
    if (!table)
        return NULL;
    int stop = leaves_share(parked->mem, table, va, PT_ENTRIES, 0, &job);
    assert(!stop); // it goes to the end
    if (leave_table(parked))
        return table;
    mmu_batch_init(&b, as, MMU_DEAD); // all others left meanwhile
    leaves_dead(&b.tlb, parked->mem, va, PT_ENTRIES);
    uvm_count(as, (int64)job.pages); // they are in the copy
    kfree_zeroed(parked->mem);
    return table;
}

static int
settle_table(pte_t *slot, uint64 va, int level, void *arg)
{
    struct aspace *as = arg;
    pte_t pte = pte_load(slot);
    (void)level;
    if (!pte_parked(pte))
        return 0;
    struct frame *f = table_frame(pte);
    if (twin_reserve(as, va) < 0)
        return -ENOMEM;
    bool mine = __atomic_load_n(&f->refs, __ATOMIC_ACQUIRE) == 1; // pairs with leave_table()
    pagetable_t table = mine ? f->mem : copy_table(as, f, va);
    if (!table)
        return -ENOMEM;
    frame_of(v2p(table))->owner = as->owner->pid; // the process that had it may have ended
    pt_resume(slot, v2p(table));
    twin_unpark(as, va);
    as->parked--;
    return 0;
}

int
park_settle(struct aspace *as, uint64 start, uint64 end)
{
    uint64 before = as->parked;
    int error = pt_for_each_table(&as->pt, start, end, settle_table, as);
    if (as->parked != before)
        tlb_changed(as);
    return error;
}

// ---- The end

static int
drop_table(pte_t *slot, uint64 va, int level, void *arg)
{
    struct mmu_batch *b = arg;
    pte_t pte = pte_load(slot);
    (void)level;
    if (!pte_parked(pte))
        return 0;
    struct frame *f = table_frame(pte);
    pt_forget(slot);
    twin_drop(b->as, va);
    b->as->parked--;
    if (leave_table(f))
        return 0;
    leaves_dead(&b->tlb, f->mem, va, PT_ENTRIES);
    kfree_zeroed(f->mem);
    return 0;
}

// Fences    none: what is dropped was in no TLB since it was parked.
void
park_drop(struct aspace *as)
{
    struct mmu_batch b;
    if (!as->parked)
        return;
    mmu_batch_init(&b, as, MMU_DEAD);
    for (int i = 0; i < as->regions.n; i++) {
        const struct region *r = &as->regions.v[i];
        if (park_may(r))
            (void)pt_for_each_table(&as->pt, r->start, r->end, drop_table, &b); // to the end
    }
    assert(!as->parked);
    mmu_flush(&b);
}

// SPDX-License-Identifier: MIT
// defer.c - shares leaf tables at a fork, and ends the sharing.
//
// Theory    The pointer to a deferred table is an entry of level 1 without V, marked with
//           PTE_DEFERRED, that keeps the table's address. A later fork copies such an entry.
// Fences    None when a table is deferred: uvmcopy() fences the parent's space afterwards, so that
//           no TLB holds an entry of a deferred table. Unsharing several tables needs one fence.
// Next      doc/decisions/0024-deferred-table-copy.md
#include "mm/aspace/defer.h"

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

#define POINTER_LEVEL 1 // where the pointers to leaf tables are

static struct frame *
table_frame(pte_t pointer)
{
    return frame_of(pte_pa(pointer));
}

// Gives up one space's share of the table.
// Returns   true: the share is dropped. false: the caller is the last user; the count stays 1, and
//           the caller owns the table.
static bool
leave_table(struct frame *f)
{
    int32 refs = __atomic_load_n(&f->refs, __ATOMIC_ACQUIRE);
    while (refs > 1) // ACQ_REL: the last space sees that other spaces have cleared W
        if (__atomic_compare_exchange_n(&f->refs, &refs, refs - 1, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE))
            return true;
    return false;
}

// ---- The mirror's tables (mm/aspace/mirror.h)
//
// While the user's leaf table is deferred, the mirror's table is not used. Spaces do not share
// mirror tables. A child gets its mirror table at its first access; fork has made the tables above.

// Returns   the slot of the pointer to the mirror's table. NULL: the space has no mirror, or the
//           tables above are missing.
static pte_t *
mirror_table_slot(struct aspace *as, uint64 va)
{
    return as->kpt.root ? pt_slot(&as->kpt, va, POINTER_LEVEL) : NULL;
}

static void
mirror_table_defer(struct aspace *as, uint64 va)
{
    pte_t *slot = mirror_table_slot(as, va);
    if (!slot)
        return;
    assert(pte_table(pte_load(slot))); // a mirror has tables where the user has
    pt_defer(slot, PTE_DEFERRED);
}

// Makes the mirror's table if it is missing. -ENOMEM if there is no memory for it.
static int
mirror_table_reserve(struct aspace *as, uint64 va)
{
    const pte_t *slot = mirror_table_slot(as, va);
    if (!slot || pte_load(slot))
        return 0;
    return mirror_reserve(as, va);
}

// Puts the mirror's table back in use. Meanwhile other spaces may have cleared W in the user's
// leaves, so this function makes the mirror's leaves from them again.
static void
mirror_table_resume(struct aspace *as, uint64 va)
{
    pte_t *slot = mirror_table_slot(as, va);
    if (!slot)
        return;
    pt_resume(slot, pte_pa(pte_load(slot)));
    int error = mirror_sync(as, va, va + SUPER_SIZE);
    assert(!error); // the table is there
}

static void
mirror_table_drop(struct aspace *as, uint64 va)
{
    pte_t *slot = mirror_table_slot(as, va), pte = slot ? pte_load(slot) : 0;
    if (!pte_deferred(pte))
        return;
    pt_forget(slot); // the entry is invalid, so no walker has used the table: no fence
    kfree(p2v(pte_pa(pte)));
}

// ---- Fork

struct share_job {
    struct aspace *to, *from;
};

static pte_t
defer(struct aspace *as, pte_t *slot, uint64 va)
{
    pte_t pte = pt_defer(slot, PTE_DEFERRED);
    mirror_table_defer(as, va);
    as->deferred++;
    return pte;
}

static int
share_table(pte_t *slot, uint64 va, int level, void *arg)
{
    struct share_job *job = arg;
    pte_t pte = pte_load(slot);
    if (pte_leaf(pte))
        return 0; // shared as it is
    assert(level == POINTER_LEVEL);
    pte_t *theirs = pt_slot(&job->to->pt, va, POINTER_LEVEL);
    if (!theirs || (job->to->kpt.root && !mirror_table_slot(job->to, va)))
        return -ENOMEM;
    if (pte_table(pte))
        pte = defer(job->from, slot, va);
    frame_get(table_frame(pte));
    pt_prepare(theirs, pte);
    job->to->deferred++;
    return 0;
}

// Shares with `to` the leaf tables that serve region i of `from` and nothing else; tables that are
// deferred already are shared once more, and deferred tables at the region's ends are unshared.
// On error  -ENOMEM: `to` has some of the entries, and drops them at its end.
// Locks     the locks of both spaces, held by the caller.
// Fences    the caller fences from's space before it runs again.
int
defer_share(struct aspace *to, struct aspace *from, int i)
{
    const struct region *r = &from->regions.v[i];
    struct share_job job = {to, from};
    struct pt_zone own = regions_own(&from->regions, i, USER_END);
    uint64 first = SUPER_ROUNDDOWN(r->start), last = SUPER_ROUNDUP(r->end);
    first += first < own.floor ? SUPER_SIZE : 0;
    last -= last > own.ceiling ? SUPER_SIZE : 0;
    if (first >= last)
        return unshare(from, r->start, r->end);
    int error = first > r->start ? unshare(from, r->start, first) : 0;
    if (!error && last < r->end)
        error = unshare(from, last, r->end);
    return error ? error : pt_for_each_table(&from->pt, first, last, share_table, &job);
}

// ---- Unshare

// Copies a deferred table for the space. Drops the space's share of the original, and frees the
// original if no other space shares it any more.
// Returns   the copy, whose pages are copy-on-write; NULL: no memory.
static pagetable_t
copy_table(struct aspace *as, struct frame *deferred, uint64 va)
{
    struct leaves_job job = {.cow = PTE_COW};
    struct mmu_batch b;
    pagetable_t table = uvm_zalloc(as, FRAME_PGTABLE);
    if (!table)
        return NULL;
    int stop = leaves_share(deferred->mem, table, va, PT_ENTRIES, 0, &job);
    assert(!stop); // all entries have been copied
    if (leave_table(deferred))
        return table;
    mmu_batch_init(&b, as, MMU_DEAD); // no other space shares the table any more
    leaves_dead(&b.tlb, deferred->mem, va, PT_ENTRIES);
    uvm_count(as, (int64)job.pages); // the copy has these pages
    kfree_zeroed(deferred->mem);
    return table;
}

static int
unshare_table(pte_t *slot, uint64 va, int level, void *arg)
{
    struct aspace *as = arg;
    pte_t pte = pte_load(slot);
    (void)level;
    if (!pte_deferred(pte))
        return 0;
    struct frame *f = table_frame(pte);
    if (mirror_table_reserve(as, va) < 0)
        return -ENOMEM;
    bool mine = __atomic_load_n(&f->refs, __ATOMIC_ACQUIRE) == 1; // pairs with leave_table()
    pagetable_t table = mine ? f->mem : copy_table(as, f, va);
    if (!table)
        return -ENOMEM;
    frame_of(v2p(table))->owner = as->owner->pid; // its previous owner may have exited
    pt_resume(slot, v2p(table));
    mirror_table_resume(as, va);
    as->deferred--;
    return 0;
}

// unshare() for a space that has deferred tables: the last space that shares a table takes the
// table itself, any other gets a copy whose pages are copy-on-write.
// On error  -ENOMEM: some of the tables may still be deferred.
// Locks     as->lock, held by the caller.
// Fences    the whole space if a table changed: invalid entries may be cached (priv sfence.vma).
int
defer_unshare(struct aspace *as, uint64 start, uint64 end)
{
    uint64 before = as->deferred;
    int error = pt_for_each_table(&as->pt, start, end, unshare_table, as);
    if (as->deferred != before)
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
    if (!pte_deferred(pte))
        return 0;
    struct frame *f = table_frame(pte);
    pt_forget(slot);
    mirror_table_drop(b->as, va);
    b->as->deferred--;
    if (leave_table(f))
        return 0;
    leaves_dead(&b->tlb, f->mem, va, PT_ENTRIES);
    kfree_zeroed(f->mem);
    return 0;
}

// Gives up the space's share of each of its deferred tables, when its memory is freed. A table that
// no other space shares is freed with the pages in it. as->pages still counts pages in tables that
// other spaces keep.
// Locks     as->lock, held by the caller.
// Fences    none: no TLB holds an entry of a deferred table.
void
defer_drop(struct aspace *as)
{
    struct mmu_batch b;
    if (!as->deferred)
        return;
    mmu_batch_init(&b, as, MMU_DEAD);
    for (int i = 0; i < as->regions.n; i++) {
        const struct region *r = &as->regions.v[i];
        if (defer_allowed(r))
            (void)pt_for_each_table(&as->pt, r->start, r->end, drop_table, &b); // to the end
    }
    assert(!as->deferred);
    mmu_flush(&b);
}

// SPDX-License-Identifier: MIT
// super.c - brings in and splits superpages and smaller compound allocations.
//
// Promises  A failed split leaves leaf and allocation as they were. The mirror has a leaf of 2 MiB
//           where the process has one, or a hole, and never a table; and a table where the process
//           has.
// Fences    a split leaf is fenced before its frames can be treated one by one.
#include "mm/aspace/super.h"

#include "lib/panic.h"
#include "mm/aspace/defer.h"
#include "mm/aspace/fresh.h"
#include "mm/aspace/mirror.h"
#include "mm/aspace/spare.h"
#include "mm/aspace/tlb.h"
#include "mm/frame/compound.h"
#include "mm/frame/frame.h"
#include "mm/frame/userpage.h"

#define SUPER_LEVEL 1
#define LEAST_ORDER 3 // smaller allocations would cost more than they save

_Static_assert(PGSIZE << FRAME_MAX_ORDER == SUPER_SIZE, "the largest allocation is a superpage");

int super_policy;

// Returns whether the tree has neither a leaf nor a table where a superpage would be.
static bool
vacant(const struct pt *t, uint64 va)
{
    int level;
    pte_t *slot = walk_leaf(t, va, &level);
    return slot && level >= SUPER_LEVEL && !pte_valid(pte_load(slot));
}

// Undoes add_compound()'s mapping.
static void
take_out(struct aspace *as, uint64 va, uint64 size)
{
    struct mmu_batch b;
    mmu_batch_init(&b, as, MMU_LIVE);
    int error = unmap(&as->pt, va, va + size, &b.tlb);
    assert(!error); // nothing is cut
    mmu_flush(&b);
}

// The order of the largest allocation that could be mapped at va and ends at `end` or below.
static int
fitting(uint64 va, uint64 end)
{
    int order = 0, most = super_policy == SUPER_OFF ? FRAME_MAX_ORDER - 1 : FRAME_MAX_ORDER;
    while (order < most && !(va & (PGSIZE << order)) && PGSIZE << (order + 1) <= end - va)
        order++;
    return order;
}

// Maps fresh memory at va, in a region of that kind, by a superpage if the order is the largest.
// Returns   false, and nothing has changed: there is no such memory.
static bool
add_compound(struct aspace *as, uint8 kind, uint64 va, uint64 prot, int order)
{
    uint64 size = PGSIZE << order;
    int level = order == FRAME_MAX_ORDER ? SUPER_LEVEL : 0;
    if (level > 0 && (!vacant(&as->pt, va) || (as->kpt.root && !vacant(&as->kpt, va))))
        return false;
    char *mem = level > 0 ? kalloc_order(FRAME_USER, as->owner->pid, order)
                          : kalloc_try(FRAME_USER, as->owner->pid, order);
    if (!mem)
        return false;
    fresh_compound(kind, mem, size);
    if ((level == 0 && mirror_reserve(as, va) < 0) ||
        mappages(&as->pt, va, size, v2p(mem), userpage_flags(prot), level) < 0) {
        kfree(mem);
        return false;
    }
    userpage_mapped(frame_of(v2p(mem)));
    uvm_count(as, (int64)(size / PGSIZE));
    if (mirror_sync(as, va, va + size) == 0)
        return true;
    take_out(as, va, size);
    return false;
}

// Maps fresh memory for the heap at va, where nothing is mapped, in one allocation that ends at
// `end` or below. The new entries are not fenced.
// Returns   its size; 0: nothing has changed, and the caller maps a single page.
// Locks     as->lock held.
// Fences    none: the caller fences the space, since invalid entries may be cached (priv
//           sfence.vma).
uint64
super_add(struct aspace *as, uint64 va, uint64 end, uint64 prot)
{
    int order = fitting(va, end);
    if (order == FRAME_MAX_ORDER && !add_compound(as, REGION_HEAP, va, prot, order))
        order--;
    else if (order == FRAME_MAX_ORDER)
        return SUPER_SIZE;
    return order >= LEAST_ORDER && add_compound(as, REGION_HEAP, va, prot, order) ? PGSIZE << order
                                                                                  : 0;
}

static bool
present(struct aspace *as, uint64 va)
{
    return pte_valid(pte_load(pt_find(&as->pt, va).slot));
}

// Returns whether the page below the cursor is present. Mostly it is in the same table.
static bool
present_below(struct aspace *as, struct pt_cursor at)
{
    if (at.level == 0 && PX(0, at.va) > 0)
        return pte_valid(pte_load(at.slot - 1));
    return present(as, at.va - PGSIZE);
}

// Returns whether nothing is mapped where an allocation of `order` would be.
static bool
empty(struct pt_cursor at, int order)
{
    if (at.level > 0)
        return !pte_valid(pte_load(at.slot));
    return slots_holes(at.slot, at.slot + (1UL << order)) == 1UL << order;
}

// The order of an allocation for the cursor's page and those that follow: at most as large as the
// range below the cursor that the process has touched. Of that range only the first page and the
// last are looked at.
static int
continuing(struct aspace *as, const struct region *r, struct pt_cursor at)
{
    int order = fitting(at.va, r->end);
    if (order < LEAST_ORDER || at.va == r->start || !present_below(as, at))
        return 0;
    while (at.va - r->start < PGSIZE << order || !present(as, at.va - (PGSIZE << order)))
        order--;
    return order;
}

// Maps fresh memory, a compound allocation, where the process has touched a hole of anonymous
// memory, if it seems to go through the region in order and much memory is free. The cursor's
// tables may be new ones afterwards.
// Returns   false: nothing has changed, and the caller maps a single page.
// Locks     as->lock held.
// Fences    the whole space: entries that were invalid may be cached (priv sfence.vma).
bool
super_touch(struct aspace *as, const struct region *r, struct pt_cursor at)
{
    int order = r->pager || (r->prot & PTE_X) ? 0 : continuing(as, r, at);
    if (order < LEAST_ORDER || !frames_ample(1UL << order) || !commit_allows(1UL << order) ||
        !empty(at, order) || !add_compound(as, r->kind, at.va, r->prot, order))
        return false;
    tlb_changed(as);
    return true;
}

// Splits the leaf of level 1 that holds va, in both views. The tables are taken first: then neither
// split can fail.
static int
split_leaf(struct aspace *as, uint64 va)
{
    struct mmu_batch b;
    uint64 spare = as->nspare, need = as->kpt.root ? 2 : 1;
    int error = spare < need ? spare_reserve(as, need - spare) : 0;
    if (!error) {
        mmu_batch_init(&b, as, MMU_LIVE);
        error = pt_split(&as->pt, va, 0, &b.tlb);
        assert(!error);
        error = mirror_split(as, va, &b.tlb);
        assert(!error);
        mmu_flush(&b);
    }
    spare_trim(as, spare);
    return error;
}

// Splits the superpage that holds va, if there is one, and its allocation, in both views.
// On error  -ENOMEM: nothing has changed.
// Locks     as->lock held.
// Fences    the split leaf.
int
super_split(struct aspace *as, uint64 va)
{
    int level;
    pte_t *slot = walk_leaf(&as->pt, va, &level);
    if (!slot || level < SUPER_LEVEL || !pte_leaf(pte_load(slot)))
        return 0;
    pte_t pte = pte_load(slot);
    struct frame *head = frame_of(pte_pa(pte));
    int error = split_leaf(as, va);
    if (error)
        return error;
    compound_split(
        head); // an allocation of the largest order has one leaf: put_special() relies on it
    return 0;
}

// Splits the superpage and the allocation in which va lies, unless they begin at va.
// On error  -ENOMEM: nothing has changed.
static int
cut_leaf(struct aspace *as, uint64 va)
{
    int error = va & (SUPER_SIZE - 1) ? super_split(as, va) : 0;
    int level;
    const pte_t *slot = walk_leaf(&as->pt, va, &level);
    if (error || !slot || level > 0 || !pte_valid(pte_load(slot)))
        return error;
    struct frame *f = frame_of(pte_pa(pte_load(slot)));
    if (compound_part(f))
        compound_cut(f);
    return 0;
}

// Prepares [start, end) for being unmapped or protected: no superpage and no allocation goes across
// start or end, and no table of the range is deferred.
// On error  -ENOMEM: some of it may be done, which no process can notice.
// Locks     as->lock held.
// Fences    what it changes.
int
super_split_edges(struct aspace *as, uint64 start, uint64 end)
{
    int error = unshare(as, start, end);
    if (!error)
        error = cut_leaf(as, start);
    return error ? error : cut_leaf(as, end);
}

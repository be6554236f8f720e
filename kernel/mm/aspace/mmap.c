// SPDX-License-Identifier: MIT
// mmap.c - maps, unmaps and protects ranges outside of the heap.
//
// Theory    A mapping is a region; its pages come by vmfault() from the page cache itself, so
//           reads, writes and shared mappings of a file agree by themselves. D in the entries
//           tells that a shared page was written to: it is collected when pages are unmapped, on
//           msync and at exit. Shared memory without a file has to exist before a fork can share
//           it, so mmap brings it in at once.
// Promises  A call that fails has changed nothing.
// Locks     as->lock.
// Fences    narrowed and removed entries, before the call returns; before frames are freed.
#include "mm/aspace/mmap.h"

#include "abi/errno.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/defer.h"
#include "mm/aspace/mirror.h"
#include "mm/aspace/pager.h"
#include "mm/aspace/super.h"
#include "mm/aspace/tlb.h"
#include "mm/frame/frame.h"
#include "mm/kvm/layout.h"
#include "pt/change.h"

// Returns whether [start, start + size) is whole pages below USYSCALL, and not empty.
static bool
range_ok(uint64 start, uint64 size)
{
    return size && !((start | size) & (PGSIZE - 1)) && size <= USYSCALL && start <= USYSCALL - size;
}

// Returns the result of a call for no pages: it succeeds wherever a page could begin.
static int
no_pages(uint64 start)
{
    return start & (PGSIZE - 1) ? -EINVAL : 0;
}

static bool
is_free(struct aspace *as, uint64 start, uint64 size)
{
    if (!range_ok(start, size) || start < PGROUNDUP(as->sz))
        return false;
    struct region *above = region_above(&as->regions, start);
    return !region_find(&as->regions, start) && (!above || above->start >= start + size);
}

// Finds a place for the mapping; 0: there is none. A mapping of 2 MiB or more begins at a multiple
// of that, so that superpages can serve it, and leaf tables of its own.
static uint64
place(struct aspace *as, const struct region *r, uint64 size)
{
    uint64 floor = PGROUNDUP(as->sz), at = 0;
    if (r->start && is_free(as, r->start, size))
        return r->start;
    if (!r->pager && size >= SUPER_SIZE)
        at = regions_gap(&as->regions, floor, USYSCALL, size, SUPER_SIZE);
    return at ? at : regions_gap(&as->regions, floor, USYSCALL, size, PGSIZE);
}

static int
map_region(struct aspace *as, struct region *r, uint64 size)
{
    r->start = place(as, r, size);
    if (!r->start)
        return -ENOMEM;
    r->end = r->start + size;
    bool now = r->shared && !r->pager;
    int error = now ? unshare(as, r->start, r->end) : 0;
    if (!error)
        error = region_add(&as->regions, r);
    if (error || !now)
        return error;
    error = uvmalloc(as, r->start, r->end, r->prot);
    if (error) {
        region_remove(&as->regions, region_find(&as->regions, r->start));
        uvmunmap(as, r->start, r->end, false);
    }
    return error;
}

// Adds a region like `model` of `size` bytes, rounded up to pages: at model->start if that is not 0
// and the range is free, else where there is room.
// Returns   0, and the address in *at; -ENOMEM; -ETXTBSY: as region_add(). On error nothing has
//           changed.
// Locks     takes as->lock.
// Sleeps    for as->lock.
int
mmap_add(struct aspace *as, const struct region *model, uint64 size, uint64 *at)
{
    struct region r = *model;
    size = PGROUNDUP(size);
    if (!range_ok(0, size))
        return -ENOMEM;
    acquiresleep(&as->lock);
    int error = map_region(as, &r, size);
    releasesleep(&as->lock);
    *at = r.start;
    return error;
}

// Returns whether all regions in [start, end) come from mmap(). Holes are allowed.
static bool
only_mappings(struct aspace *as, uint64 start, uint64 end)
{
    struct region *r = region_find(&as->regions, start);
    if (!r)
        r = region_above(&as->regions, start);
    for (; r && r < as->regions.v + as->regions.n && r->start < end; r++)
        if (r->kind != REGION_MMAP)
            return false;
    return true;
}

static int
collect_leaf(pte_t *slot, uint64 va, int level, void *arg)
{
    struct pager *pager = arg;
    pte_t pte = pte_load(slot);
    (void)va;
    (void)level;
    if (!(pte & PTE_D))
        return 0;
    pager->ops->dirty(pager, frame_of(pte_pa(pte)));
    pt_change(slot, pte & ~PTE_D); // the caller fences
    return 0;
}

// Tells the pagers which pages of shared regions in [start, end) have been written to, and clears D
// in the entries.
// Locks     as->lock held.
// Fences    none: the caller fences the entries that lost D.
void
mmap_collect(struct aspace *as, uint64 start, uint64 end)
{
    for (int i = start ? regions_index(&as->regions, start) : 0; i < as->regions.n; i++) {
        const struct region *r = &as->regions.v[i];
        if (r->start >= end)
            break;
        uint64 from = r->start > start ? r->start : start, to = r->end < end ? r->end : end;
        if (r->shared && r->pager && from < to)
            (void)pt_for_each_leaf(&as->pt, from, to, collect_leaf, r->pager); // never stops early
    }
}

// Unmaps [start, start + size), of which mmap() has made each region; holes are allowed.
// On error  -EINVAL: no such range; -ENOMEM: a leaf or a region at an edge could not be split.
//           Nothing is unmapped.
// Locks     takes as->lock.
// Sleeps    for as->lock.
// Fences    the removed entries, before their frames are freed.
int
mmap_remove(struct aspace *as, uint64 start, uint64 size)
{
    size = PGROUNDUP(size);
    uint64 end = start + size;
    if (!range_ok(start, size))
        return -EINVAL;
    acquiresleep(&as->lock);
    int error = only_mappings(as, start, end) ? super_split_edges(as, start, end) : -EINVAL;
    if (!error)
        error = regions_cut(&as->regions, start, end);
    if (!error) {
        mmap_collect(as, start, end);
        regions_drop(&as->regions, start, end);
        uvmunmap(as, start, end, false);
    }
    releasesleep(&as->lock);
    return error;
}

// Gives the entries of a region its new protection, but for W, which comes by vmfault(). Where
// nothing is allowed an entry becomes execute-only and not for the user: without R, W and X it
// would be no leaf.
static int
reprotect(struct aspace *as, struct region *r, uint8 prot, struct mmu_batch *b)
{
    uint64 clear = prot ? PTE_RWX & ~(uint64)prot : PTE_RWX | PTE_U;
    uint64 set = prot ? PTE_U | (prot & (PTE_R | PTE_X)) : PTE_X;
    int error = protect(&as->pt, r->start, r->end, clear, set, &b->tlb);
    if (!error)
        error = mirror_sync(as, r->start, r->end);
    if (!error)
        r->prot = prot;
    return error;
}

// Checks that [start, end) is full of mappings that may have this protection.
// Returns   0; -EINVAL: there is a hole or another region; -EACCES: one may not.
static int
may_protect(struct aspace *as, uint64 start, uint64 end, uint8 prot)
{
    uint64 va = start;
    while (va < end) {
        struct region *r = region_find(&as->regions, va);
        if (!r || r->kind != REGION_MMAP)
            return -EINVAL;
        if (prot & ~r->most)
            return -EACCES;
        va = r->end;
    }
    return 0;
}

// Gives [start, start + size), which mappings fill, the protection `prot` (PTE_R, PTE_W, PTE_X).
// On error  -EINVAL: no such range, or not all of it is mapped; -EACCES: a mapping may not have it;
//           -ENOMEM: no memory to split at the edges.
// Locks     takes as->lock.
// Sleeps    for as->lock.
// Fences    the narrowed entries.
int
mmap_protect(struct aspace *as, uint64 start, uint64 size, uint8 prot)
{
    struct mmu_batch b;
    if (!size)
        return no_pages(start);
    size = PGROUNDUP(size);
    if (!range_ok(start, size))
        return -EINVAL;
    mmu_batch_init(&b, as, MMU_LIVE);
    acquiresleep(&as->lock);
    int error = may_protect(as, start, start + size, prot);
    if (!error)
        error = super_split_edges(as, start, start + size);
    if (!error)
        error = regions_cut(&as->regions, start, start + size);
    struct region *r = region_find(&as->regions, start);
    for (; !error && r < as->regions.v + as->regions.n && r->start < start + size; r++)
        error = reprotect(as, r, prot, &b);
    mmu_flush(&b);
    if (!error && size >= SUPER_SIZE) // smaller changes, back and forth, need not merge each time
        regions_merge(&as->regions, start, start + size);
    releasesleep(&as->lock);
    return error;
}

// Tells the pagers which pages of shared regions in [start, start + size), which mappings fill,
// have been written to.
// On error  -EINVAL: no such range, or not all of it is mapped; -ENOMEM: no memory for the mirror's
//           tables.
// Locks     takes as->lock.
// Sleeps    for as->lock.
// Fences    the entries that lost D.
int
mmap_sync(struct aspace *as, uint64 start, uint64 size)
{
    if (!size)
        return no_pages(start);
    size = PGROUNDUP(size);
    if (!range_ok(start, size))
        return -EINVAL;
    acquiresleep(&as->lock);
    int error = may_protect(as, start, start + size, 0);
    if (!error) {
        mmap_collect(as, start, start + size);
        error =
            mirror_sync(as, start, start + size); // clean pages: the kernel's stores fault again
        tlb_changed(as); // with a dirty entry in its TLB, a hart would not set D again
    }
    releasesleep(&as->lock);
    return error;
}

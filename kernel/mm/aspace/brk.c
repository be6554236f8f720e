// SPDX-License-Identifier: MIT
// brk.c - the break: how a process grows and shrinks its heap.
//
// Theory    The heap is the region from the lowest break up to the break, rounded up to pages;
//           while it is empty there is no region. Growing eagerly brings in every page before the
//           break moves.
// Promises  A growth that fails leaves the break, the regions and the set of pages as they were.
// Locks     as->lock.
#include "mm/aspace/aspace.h"

#include "abi/errno.h"
#include "abi/mman.h"
#include "lib/panic.h"
#include "mm/aspace/defer.h"
#include "mm/aspace/fresh.h"
#include "mm/aspace/mapsite.h"
#include "mm/aspace/mirror.h"
#include "mm/aspace/spare.h"
#include "mm/aspace/super.h"
#include "mm/aspace/tlb.h"
#include "mm/frame/frame.h"
#include "mm/frame/userpage.h"
#include "mm/kvm/layout.h"
#include "sync/thread.h"

#define PIECE (8UL << 20) // bytes that are brought in before others may run

bool brk_lazy;

static int
add_page(struct aspace *as, uint64 va, uint64 prot)
{
    void *page = fresh_page(as, REGION_HEAP);
    if (!page)
        return -ENOMEM;
    pte_t pte = pte_make(v2p(page), userpage_flags(prot));
    pte_t *mirrored;
    if (mirror_slot(as, va, &mirrored) < 0 || map_page(&as->pt, va, pte) < 0) {
        kfree(page);
        return -ENOMEM;
    }
    mirror_put(mirrored, pte);
    userpage_mapped(frame_of(v2p(page)));
    if (DEBUG_BUILD)
        mapsite_note(MAPSITE_MAP, as, va);
    uvm_count(as, 1);
    return 0;
}

// Brings in fresh pages for [start, end), where nothing is mapped and no table is deferred. Other
// processes may run meanwhile.
// On error  -ENOMEM, or -EINTR when the process has been killed, with a part of them there.
// Locks     as->lock held.
// Sleeps    no, but lets others run.
// Fences    the whole space once: entries that were invalid may be cached (priv sfence.vma).
int
uvmalloc(struct aspace *as, uint64 start, uint64 end, uint64 prot)
{
    int error = commit_allows((end - start) / PGSIZE) ? 0 : -ENOMEM;
    for (uint64 va = start, size; !error && va < end; va += size) {
        if (va != start && va % PIECE == 0 && (error = preempt_point()) < 0)
            break;
        size = super_add(as, va, end, prot);
        if (size)
            continue;
        size = PGSIZE;
        error = add_page(as, va, prot);
    }
    if (!error)
        tlb_changed(as);
    return error;
}

// Makes the heap's region end at `end`; an empty heap has none.
static int
resize_heap(struct aspace *as, uint64 end)
{
    struct region *r = region_find(&as->regions, as->heap);
    if (r && r->kind != REGION_HEAP)
        r = NULL;
    if (r && end > as->heap)
        r->end = end;
    else if (r)
        region_remove(&as->regions, r);
    else if (end > as->heap)
        return region_add(&as->regions, &(struct region){.start = as->heap,
                                                         .end = end,
                                                         .kind = REGION_HEAP,
                                                         .prot = PTE_R | PTE_W});
    return 0;
}

// The address up to which the heap may grow: the next region above it.
static uint64
heap_limit(struct aspace *as)
{
    struct region *above = region_above(&as->regions, PGROUNDUP(as->sz));
    return above ? above->start : USYSCALL;
}

// How many tables more the heap needs for the addresses that it reaches first with this growth, if
// all of them become single pages.
static uint64
tables_due(const struct aspace *as, uint64 start, uint64 end)
{
    uint64 first = SUPER_ROUNDUP(start > as->reached ? start : as->reached);
    uint64 last = SUPER_ROUNDUP(end), spans = last > first ? (last - first) / SUPER_SIZE : 0;
    return as->kpt.root ? 2 * spans : spans;
}

// Brings in the pages of [start, end), which has just been added to the heap, and reserves the
// tables for them.
// On error  -ENOMEM; pages and spare tables are as they were, and the heap ends at start.
static int
fill_heap(struct aspace *as, uint64 start, uint64 end)
{
    uint64 spare = as->nspare;
    int error = spare_reserve(as, tables_due(as, start, end));
    if (!error)
        error = uvmalloc(as, start, end, PTE_R | PTE_W);
    if (!error) {
        as->reached = end > as->reached ? end : as->reached;
        return 0;
    }
    int undone = resize_heap(as, start);
    assert(!undone); // shrinking takes no memory
    uvmunmap(as, start, end, true);
    spare_trim(as, spare);
    return error;
}

static int
grow_heap(struct aspace *as, uint64 to, bool lazy)
{
    uint64 old_end = PGROUNDUP(as->sz), end = PGROUNDUP(to);
    if (to < as->sz || to > heap_limit(as))
        return -ENOMEM;
    int error = lazy ? 0 : unshare(as, old_end, end);
    if (!error)
        error = resize_heap(as, end);
    if (!error && !lazy)
        error = fill_heap(as, old_end, end);
    if (!error)
        as->sz = to;
    return error;
}

static int
shrink(struct aspace *as, uint64 to)
{
    if (to < as->heap)
        return -EINVAL;
    uint64 old_end = PGROUNDUP(as->sz), end = PGROUNDUP(to);
    int error = super_split_edges(as, end, old_end);
    if (error)
        return error;
    error = resize_heap(as, end);
    assert(!error); // shrinking takes no memory
    uvmunmap(as, end, old_end, true);
    if (as->sz > as->highest)
        as->highest = as->sz;
    as->sz = to;
    return 0;
}

// Moves the break by n bytes. A growth of kind SBRK_EAGER brings in the pages, one of kind
// SBRK_LAZY does not; any other kind stands for what brk_lazy says. A step below address 0
// changes nothing and is no error.
// Returns   0 and the old break in *old; -ENOMEM, -EINVAL with nothing changed.
// Fences    pages that go are fenced before their frames are freed.
int
growproc(struct aspace *as, int64 n, uint64 kind, uint64 *old)
{
    bool lazy = kind == SBRK_LAZY || (brk_lazy && kind != SBRK_EAGER);
    int error = 0;
    acquiresleep(&as->lock);
    *old = as->sz;
    if (n > 0)
        error = grow_heap(as, as->sz + (uint64)n, lazy);
    else if (n < 0 && (uint64)-n <= as->sz)
        error = shrink(as, as->sz - (uint64)-n);
    releasesleep(&as->lock);
    return error;
}

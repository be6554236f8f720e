// SPDX-License-Identifier: MIT
// faultaround.c - fault-around: a fault also maps pages above the faulting one.
//
// Theory    When the four pages below a faulting page of a file mapping have been accessed, the
//           fault also maps up to 16 following pages that are in the page cache: as many as have
//           been accessed below, so that at most half of the mapped pages were not asked for. Code
//           is excluded, since it does not run from one end to the other. A page at which the cache
//           starts a readahead (fs/cache/cache.c) is left out, so that its own fault starts it.
// Promises  Takes no memory, reads nothing, waits for no page. The pages have neither A nor D, so
//           pgaccess and write-back see only what was accessed.
// Locks     as->lock, held by the caller.
// Fences    one for all pages: entries that were invalid may be cached (priv sfence.vma).
#include "mm/aspace/faultaround.h"

#include "lib/panic.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/mapsite.h"
#include "mm/aspace/mirror.h"
#include "mm/aspace/pager.h"
#include "mm/aspace/tlb.h"
#include "mm/frame/frame.h"
#include "mm/frame/userpage.h"
#include "pt/change.h"

#define SOME 4  // pages accessed in a row that make it likely that more follow
#define MOST 16 // pages at a time

// Returns   how many pages above va to map: as many as have the flag `mark` right below va, if
//           these are at least four; all in the table of `slot`, which is va's, and in the region.
uint64
faultaround_pages(const struct region *r, const pte_t *slot, uint64 va, pte_t mark)
{
    uint64 n = 0, below = PX(0, va), above = PT_ENTRIES - 1 - below;
    if (below > (va - r->start) / PGSIZE)
        below = (va - r->start) / PGSIZE;
    if (above > (r->end - va) / PGSIZE - 1)
        above = (r->end - va) / PGSIZE - 1;
    while (n < MOST && n < below && (pte_load(slot - n - 1) & mark))
        n++;
    return n < SOME ? 0 : n < above ? n : above;
}

// Finds cached pages of the file for the n holes from `slot`, which is va's, on. The file's last
// page is left out unless the file fills it: in a copy its rest would have to be zero.
// Returns   how many pages there are; each has a reference.
static uint64
find_pages(const struct region *r, const pte_t *slot, uint64 va, uint64 n, struct frame **page)
{
    uint64 whole = region_file_bytes(r, va) / PGSIZE;
    n = slots_holes(slot, slot + (n < whole ? n : whole));
    return n ? r->pager->ops->ready(r->pager, region_file_page(r, va), (uint32)n, page) : 0;
}

// Maps cached pages above va with the rights of the entry `slot`, which is va's. In a private
// region a writable entry leads to the process's own copy; the next pages need copies too, which
// their own faults make.
// Locks     as->lock held.
void
faultaround_map(struct aspace *as, const struct region *r, pte_t *slot, uint64 va)
{
    struct frame *page[MOST];
    pte_t flags = pte_flags(pte_load(slot)) & ~(PTE_A | PTE_D);
    uint64 n = r->shared || !(flags & PTE_W) ? faultaround_pages(r, slot, va, PTE_A) : 0;
    va += PGSIZE;
    if (n > 0)
        n = find_pages(r, slot + 1, va, n, page);
    if (n == 0)
        return;
    for (uint64 i = 0; i < n; i++) {
        pt_fill(++slot, pte_make(frame_pa(page[i]), flags));
        userpage_mapped(page[i]);
        if (DEBUG_BUILD)
            mapsite_note(MAPSITE_MAP, as, va + i * PGSIZE);
    }
    uvm_count(as, (int64)n);
    int error = mirror_sync(as, va, va + n * PGSIZE);
    assert(!error); // the mirror has the table: the page at va shares it
    tlb_changed(as);
}

// SPDX-License-Identifier: MIT
// ahead.c - see ahead.h.
//
// Theory    Who has touched some neighbouring pages of a file one after the other will touch more:
//           at the fault that goes on where these end, as many again are mapped, if they are in
//           memory. So at most half of what is mapped was not asked for. Code is not run from one
//           end to the other, and a page that tells the cache to read on (fs/cache/cache.c) has to be
//           asked for: they are left to faults of their own.
// Promises  Takes no memory, reads nothing, waits for no page. What nobody has touched has neither
//           A nor D, so that pgaccess and write-back see what was touched, and no more.
// Locks     as->lock, held by the caller.
// Fences    one for all: entries that were invalid may be cached (priv sfence.vma).
#include "mm/aspace/ahead.h"

#include "lib/panic.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/mapsite.h"
#include "mm/aspace/mirror.h"
#include "mm/aspace/pager.h"
#include "mm/aspace/tlb.h"
#include "mm/frame/frame.h"
#include "mm/frame/userpage.h"
#include "pt/change.h"

#define SOME 4  // pages that are touched in a row make it likely that more follow:
#define MOST 16 // so many at most

uint64
ahead_pages(const struct region *r, const pte_t *slot, uint64 va, pte_t mark)
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

// Finds pages of the file for the n holes from `slot` on, where va and the next ones are; only
// whole pages, as the rest of the last one may have to be zero in a copy.
// Returns   how many there are, with a reference each.
static uint64
find_pages(const struct region *r, const pte_t *slot, uint64 va, uint64 n, struct frame **page)
{
    uint64 whole = region_file_bytes(r, va) / PGSIZE;
    n = slots_holes(slot, slot + (n < whole ? n : whole));
    return n ? r->pager->ops->ready(r->pager, region_file_page(r, va), (uint32)n, page) : 0;
}

// The entry at va says what the next ones become. In a private region one with W leads to the
// process's own copy, and so should these: they are left to their faults.
void
ahead_map(struct aspace *as, const struct region *r, pte_t *slot, uint64 va)
{
    struct frame *page[MOST];
    pte_t flags = pte_flags(pte_load(slot)) & ~(PTE_A | PTE_D);
    uint64 n = r->shared || !(flags & PTE_W) ? ahead_pages(r, slot, va, PTE_A) : 0;
    va += PGSIZE;
    if (n > 0)
        n = find_pages(r, slot + 1, va, n, page);
    if (n == 0)
        return;
    for (uint64 i = 0; i < n; i++) {
        pt_fill(++slot, pte_make(frame_pa(page[i]), flags));
        userpage_mapped(page[i]);
        mapsite_note(MAPSITE_MAP, as, va + i * PGSIZE);
    }
    uvm_count(as, (int64)n);
    int error = mirror_sync(as, va, va + n * PGSIZE);
    assert(!error); // the mirror has the table: the page at va shares it
    tlb_changed(as);
}

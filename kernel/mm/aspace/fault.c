// SPDX-License-Identifier: MIT
// fault.c - decides page faults: maps missing pages, and makes copy-on-write pages writable.
//
// Theory    resolve_fault() ends the sharing of a deferred table, then refuses an access that no
//           region allows. There remain three cases:
//             resolve_hole()     the entry is invalid: a page of the region's source is mapped
//             cow_write()        a write to a private page without W: it gets W, or is copied
//             resolve_present()  another fault on a present page: its entry is set, and fenced
// Promises  Fresh memory is zero. cow-readonly: a private region maps no shared page writable.
// Locks     as->lock, held even while the disk is read. Callers that copy user memory may hold
//           other locks; the pager's get() takes none of them, so there is no deadlock.
// Fences    Each changed page, before its old frame may go; each new one: holes may be cached.
#include "mm/aspace/aspace.h"

#include "abi/errno.h"
#include "lib/page.h"
#include "lib/string.h"
#include "mm/aspace/defer.h"
#include "mm/aspace/faultaround.h"
#include "mm/aspace/fresh.h"
#include "mm/aspace/mapsite.h"
#include "mm/aspace/mirror.h"
#include "mm/aspace/pager.h"
#include "mm/aspace/super.h"
#include "mm/aspace/tlb.h"
#include "mm/frame/compound.h"
#include "mm/frame/frame.h"
#include "mm/frame/userpage.h"
#include "mm/kvm/layout.h"
#include "pt/change.h"

#define LENT 4 // kept frames that the page cache may use while it reads in a page of the program

static const uint8 needed[] = {[PT_READ] = PTE_R, [PT_WRITE] = PTE_W, [PT_EXEC] = PTE_X};

// Maps the frame into the hole at the cursor. Afterwards the cursor is at the new leaf.
// On error  -ENOMEM: nothing is mapped.
static int
map_user(struct aspace *as, struct pt_cursor *at, struct frame *f, uint64 flags)
{
    pte_t *mirrored, pte = pte_make(frame_pa(f), flags);
    uint64 va = at->va;
    if (mirror_slot(as, va, &mirrored) < 0 || pt_fill_at(&as->pt, at, pte) < 0)
        return -ENOMEM;
    mirror_put(mirrored, pte);
    userpage_mapped(f);
    if (DEBUG_BUILD)
        mapsite_note(MAPSITE_MAP, as, va);
    uvm_count(as, 1);
    tlb_changed_page(as, va);
    if ((flags & PTE_X) && (flags & PTE_U)) // a guard page has X alone
        fence_i();                          // stores to the page are instructions now
    return 0;
}

// Maps a page of the process's own at the cursor, or frees it if that fails.
// On error  -ENOMEM: nothing is mapped.
static int
map_own(struct aspace *as, struct pt_cursor *at, void *page, uint64 flags)
{
    int error = map_user(as, at, frame_of(v2p(page)), flags);
    if (error)
        kfree(page);
    return error;
}

static int
fill_fresh(struct aspace *as, const struct region *r, struct pt_cursor *at, enum pt_access access)
{
    void *page = commit_allows(1) ? fresh_page(as, r->kind) : NULL;
    if (!page)
        return -ENOMEM;
    return map_own(as, at, page, userpage_flags(r->prot) | userpage_touched(access));
}

// Maps a private copy of the file's page `source`: its first `bytes` bytes, then zeroes. The caller
// keeps its reference to `source`.
static int
fill_file_copy(struct aspace *as, const struct region *r, struct pt_cursor *at,
               struct frame *source, uint64 bytes, enum pt_access access)
{
    char *page = commit_allows(1) ? uvm_alloc(as) : NULL;
    if (!page)
        return -ENOMEM;
    memcpy(page, p2v(frame_pa(source)), bytes);
    memset(page + bytes, 0, PGSIZE - bytes);
    return map_own(as, at, page, userpage_flags(r->prot) | userpage_touched(access));
}

// Maps the page of the page cache itself, which all processes share. In a private region it is
// mapped copy-on-write. The caller keeps its reference to `source`; the leaf gets another one.
static int
fill_file_page(struct aspace *as, const struct region *r, struct pt_cursor *at,
               struct frame *source, enum pt_access access)
{
    uint64 flags = userpage_flags(r->prot) | userpage_touched(access);
    if (!r->shared && (r->prot & PTE_W))
        flags = (flags & ~PTE_W) | PTE_COW;
    int error = map_user(as, at, source, flags);
    if (!error)
        frame_get(source);
    return error;
}

// Gets the file's page, for which the page cache may take kept frames.
static int __attribute__((noinline))
get_urgent(const struct region *r, uint64 va, struct frame **source)
{
    frames_lend(LENT);
    int error = r->pager->ops->get(r->pager, region_file_page(r, va), source);
    frames_lend(-LENT);
    return error;
}

static int
fill_file(struct aspace *as, const struct region *r, struct pt_cursor *at, uint64 bytes,
          enum pt_access access)
{
    struct frame *source;
    int error = likely(!as->urgent)
                    ? r->pager->ops->get(r->pager, region_file_page(r, at->va), &source)
                    : get_urgent(r, at->va, &source);
    if (error)
        return error == -EINVAL ? -EFAULT : error; // the file was truncated meanwhile
    if (r->shared || (bytes == PGSIZE && access != PT_WRITE))
        error = fill_file_page(as, r, at, source, access);
    else
        error = fill_file_copy(as, r, at, source, bytes, access);
    frame_put(source);
    return error;
}

// Maps a page at USYSCALL, and moves there what as->usys_early has collected so far.
static int
fill_usyscall(struct aspace *as, const struct region *r, struct pt_cursor *at)
{
    struct usyscall *page = uvm_zalloc(as, FRAME_USYSCALL);
    if (!page)
        return -ENOMEM;
    *page = as->usys_early;
    int error = map_own(as, at, page, userpage_flags(r->prot) | PTE_A);
    if (!error)
        as->usys = page;
    return error;
}

// Fills the hole at the cursor from the region's source.
static int
fill_hole(struct aspace *as, const struct region *r, struct pt_cursor *at, enum pt_access access)
{
    uint64 bytes = region_file_bytes(r, at->va);
    if (r->kind == REGION_USYSCALL)
        return fill_usyscall(as, r, at);
    if (bytes)
        return fill_file(as, r, at, bytes < PGSIZE ? bytes : PGSIZE, access);
    if (r->pager && r->kind == REGION_MMAP)
        return -EFAULT; // beyond the end of the file
    return fill_fresh(as, r, at, access);
}

// Returns whether the caller's leaf holds the only reference to the frame. If false, it has split
// the frame from its compound allocation, if there was one.
static bool
sole_user(struct frame *f)
{
    if (unlikely(compound_part(f)))
        return compound_page_sole(f);
    return f->kind == FRAME_USER &&
           __atomic_load_n(&f->refs, __ATOMIC_ACQUIRE) == 1; // pairs with kfree
}

// Changes the entry in the user's table and in the mirror, then fences the page in both. This
// hart's TLB may hold the old entry.
static inline void
change_entry(struct aspace *as, pte_t *slot, uint64 va, pte_t pte)
{
    pt_change(slot, pte);
    mirror_set(as, va, pte);
    tlb_changed_page(as, va);
}

// Returns `pte` with R and X of the region; W stays only if both have it. Sets A, D for a write.
static pte_t
with_rights(const struct region *r, pte_t pte, enum pt_access access)
{
    return (pte & ~PTE_RWX) | PTE_U | (r->prot & (PTE_R | PTE_X)) | (pte & r->prot & PTE_W) |
           userpage_touched(access);
}

// Returns the entry with which the process may write to the page.
static pte_t
writable(const struct region *r, pte_t pte)
{
    return (with_rights(r, pte, PT_WRITE) & ~PTE_COW) | PTE_W;
}

// Gives the copy-on-write or read-only page at va the entry `entry`, which has W. If other leaves,
// or the page cache, refer to the frame, the entry leads to a copy.
// On error  -ENOMEM: the entry has not changed.
static int
cow_make_writable(struct aspace *as, pte_t *slot, uint64 va, pte_t entry)
{
    pte_t old = pte_load(slot);
    struct frame *shared = frame_of(pte_pa(old));
    if (sole_user(shared)) {
        change_entry(as, slot, va, entry);
        return 0;
    }
    void *page = uvm_alloc(as);
    if (!page)
        return -ENOMEM;
    page_copy(page, p2v(pte_pa(old)));
    userpage_mapped(frame_of(v2p(page)));
    change_entry(as, slot, va,
                 pte_make(v2p(page), pte_flags(entry))); // fenced before the old frame may go
    if (entry & PTE_X)
        fence_i(); // page_copy() has stored the copy's instructions
    userpage_release();
    userpage_drop(shared);
    return 0;
}

// Makes the copy-on-write pages right above va writable now, if pages right below it have been
// written to in a row. Without a frame it ends silently: the process has not asked for copies.
static void
cow_write_ahead(struct aspace *as, const struct region *r, pte_t *slot, uint64 va)
{
    if (!faultaround_likely(slot, PTE_W))
        return;
    for (uint64 n = faultaround_pages(r, slot, va, PTE_W); n > 0; n--) {
        pte_t pte = pte_load(++slot);
        va += PGSIZE;
        if (!(pte & PTE_COW) || frame_head(pte_pa(pte))->kind != FRAME_USER)
            break;
        pte_t untouched = writable(r, pte) & ~(PTE_A | PTE_D);
        if (cow_make_writable(as, slot, va, untouched | (pte & (PTE_A | PTE_D))) < 0)
            break;
    }
}

// Handles the first write to a copy-on-write or read-only page of a private region.
static int
cow_write(struct aspace *as, const struct region *r, pte_t *slot, uint64 va)
{
    int error = cow_make_writable(as, slot, va, writable(r, pte_load(slot)));
    if (!error && !as->urgent)
        cow_write_ahead(as, r, slot, va);
    return error;
}

// Handles the first write to a copy-on-write superpage. It stays a superpage if none of its frames
// has another reference; else it is split, and cow_write() handles the page at va.
static int
cow_write_large(struct aspace *as, const struct region *r, pte_t *slot, uint64 va)
{
    pte_t old = pte_load(slot);
    struct frame *head = frame_of(pte_pa(old));
    if (compound_sole(head, FRAME_MAX_ORDER)) {
        change_entry(as, slot, va, writable(r, old));
        return 0;
    }
    int error = super_split(as, va);
    return error ? error : cow_write(as, r, walk(&as->pt, va, 0), va);
}

// Handles a fault on a present page: copy-on-write, or the entry lacks a right that the region has,
// or the hart does not set A and D itself, or its TLB held an older entry.
static int
resolve_present(struct aspace *as, const struct region *r, struct pt_cursor at,
                enum pt_access access)
{
    pte_t pte = pte_load(at.slot);
    if (access == PT_WRITE && !(pte & PTE_W) && !r->shared)
        return at.level == 0 ? cow_write(as, r, at.slot, at.va)
                             : cow_write_large(as, r, at.slot, at.va);
    pte_t wanted = with_rights(r, pte, access) | (access == PT_WRITE ? PTE_W : 0);
    change_entry(as, at.slot, at.va, wanted);
    if (wanted == pte)
        tlb_changed(as); // the TLB may hold an invalid pointer, which no fence for one page removes
    return 0;
}

// Handles a fault on an invalid entry: maps a page of the region's source, or a superpage there.
static int
resolve_hole(struct aspace *as, const struct region *r, struct pt_cursor at, enum pt_access access)
{
    if (super_touch(as, r, at))
        return resolve_present(as, r, pt_find(&as->pt, at.va), access);
    int error = fill_hole(as, r, &at, access);
    if (!error && faultaround_file(r, at.slot))
        faultaround_map(as, r, at.slot, at.va);
    return error;
}

// Handles the fault at the entry where the walk for va ends. A deferred table is unshared first,
// even if the access is then refused (before any -ENOMEM): the explanation reads its leaves.
static int
resolve_fault(struct aspace *as, uint64 va, enum pt_access access)
{
    struct region *r = region_find(&as->regions, va);
    int error = 0;
    struct pt_cursor at = pt_find(&as->pt, va); // a user address is canonical
    if (unlikely(pte_deferred(pte_load(at.slot)))) {
        error = defer_unshare(as, va, va + PGSIZE);
        at = pt_find(&as->pt, va);
    }
    if (!r || !(r->prot & needed[access]))
        return -EFAULT;
    if (error)
        return error;
    return pte_valid(pte_load(at.slot)) ? resolve_present(as, r, at, access)
                                        : resolve_hole(as, r, at, access);
}

// Returns whether the process has the memory at va: a present page, a page in a deferred table, or
// memory of a region that exec has made (all but the heap and mmap()).
static bool __attribute__((noinline)) has_memory(struct aspace *as, uint64 va)
{
    const struct region *r = region_find(&as->regions, va);
    pte_t pte = pte_load(pt_find(&as->pt, va).slot);
    return pte_valid(pte) || pte_deferred(pte) ||
           (r->kind != REGION_HEAP && r->kind != REGION_MMAP);
}

// Makes the access to va possible for the process, if its regions allow it.
// Returns   0; -EFAULT: they do not; -ENOMEM; -EIO; -ESTARVED: no frame for memory that it has.
// Locks     takes as->lock; no spinlock held.
// Sleeps    for as->lock, and for the disk.
// Fences    what it changes, for this hart.
int
vmfault(struct aspace *as, uint64 va, enum pt_access access)
{
    if (va >= MAXVA)
        return -EFAULT;
    acquiresleep(&as->lock);
    int error;
    for (;;) {
        error = resolve_fault(as, PGROUNDDOWN(va), access);
        if (likely(error != -ENOMEM) || as->urgent || !has_memory(as, PGROUNDDOWN(va)))
            break;
        as->starved = __atomic_load_n(&uvm_ended, __ATOMIC_ACQUIRE); // pairs with uvmretire()
        as->urgent = true; // the fault is tried once more, and may take kept frames
    }
    if (unlikely(as->urgent)) {
        as->urgent = false;
        error = error == -ENOMEM ? -ESTARVED : error;
    }
    releasesleep(&as->lock);
    return error;
}

// Clears A in the entries of the present pages of [start, end), in a space that no hart has used.
static void
forget_touch(struct aspace *as, uint64 start, uint64 end)
{
    acquiresleep(&as->lock);
    for (uint64 va = start; va < end; va += PGSIZE) {
        pte_t *slot = pt_find(&as->pt, va).slot, pte = pte_load(slot) & ~PTE_A;
        if (pte_valid(pte)) {
            pt_change(slot, pte);
            mirror_set(as, va, pte);
        }
    }
    releasesleep(&as->lock);
}

// Maps those pages of the region at `start` that come from its file, without A, before the process
// first runs.
// On error  as vmfault(): some of the pages are mapped.
// Locks     takes as->lock, for each page.
// Sleeps    for as->lock, and for the disk.
int
uvmbring(struct aspace *as, uint64 start)
{
    const struct region *r = region_find(&as->regions, start);
    enum pt_access access = r->prot & PTE_R ? PT_READ : PT_EXEC;
    uint64 va = start;
    int error = 0;
    for (; !error && region_file_bytes(r, va); va += PGSIZE)
        error = vmfault(as, va, access);
    forget_touch(as, start, va);
    return error;
}

// Maps the guard page at va, which is in a guard region and not mapped yet.
// On error  -ENOMEM: nothing is mapped.
// Locks     takes as->lock.
// Sleeps    for as->lock.
int
uvmguard(struct aspace *as, uint64 va)
{
    acquiresleep(&as->lock);
    struct pt_cursor at = pt_find(&as->pt, va);
    // Execute-only and not for the user: no access of either mode succeeds, with SUM or without.
    int error = map_user(as, &at, zero_frame, PTE_V | PTE_X | PTE_A);
    if (!error)
        frame_get(zero_frame);
    releasesleep(&as->lock);
    return error;
}

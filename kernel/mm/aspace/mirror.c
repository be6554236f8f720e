// SPDX-License-Identifier: MIT
// mirror.c - keeps the mirror of user memory in a process's kernel table.
//
// Promises  kpt-mirror: between any two operations that hold as->lock, the two views agree.
// Fences    mirror_unmap() before it returns, so that the caller may free frames; narrowed entries
//           are covered by the caller's fence for the user's table, which is for both
//           (mm/aspace/tlb.c).
#include "mm/aspace/mirror.h"

#include "abi/errno.h"
#include "lib/panic.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/tlb.h"
#include "mm/frame/userpage.h"
#include "mm/kvm/layout.h"
#include "pt/change.h"
#include "pt/runs.h"

// The mirror's entry for a user entry; 0 for one that is not the user's (a guard page). While the
// user's entry is not dirty the mirror's is not writable, so that the kernel's first store faults
// and sets D in the user's entry.
static pte_t
mirrored(pte_t pte)
{
    if (!pte_valid(pte) || !(pte & PTE_U))
        return 0;
    pte_t mine = (pte & ~(PTE_U | PTE_X | PTE_COW)) | PTE_A | PTE_D;
    return pte & PTE_D ? mine : mine & ~PTE_W;
}

// Returns whether the mirror's entry is right. It may be the one for the clean page: a hart may
// have set D in the user's entry since.
static bool
agrees(pte_t user, pte_t mirror)
{
    pte_t want = mirrored(user);
    return mirror == want || (mirror && mirror == (want & ~PTE_W));
}

// Finds the mirror's slot for a page, and makes its tables.
// Returns   0, with the slot, or NULL if the space has no mirror; -ENOMEM.
int
mirror_slot(struct aspace *as, uint64 va, pte_t **found)
{
    *found = NULL;
    if (!as->kpt.root)
        return 0;
    *found = walk(&as->kpt, va, 1);
    return *found ? 0 : -ENOMEM;
}

// Stores in the mirror's slot what the user's new entry `pte` asks for. A slot of NULL: no mirror.
void
mirror_put(pte_t *slot, pte_t pte)
{
    if (slot)
        pt_change(slot, mirrored(pte));
}

// Makes sure that the mirror, if there is one, has the tables for a page.
// On error  -ENOMEM.
// Locks     as->lock held.
int
mirror_reserve(struct aspace *as, uint64 va)
{
    pte_t *slot;
    return mirror_slot(as, va, &slot);
}

// Makes the mirror's entry for va follow the user's `pte`, of a page or a superpage; its table is
// there.
void
mirror_set(struct aspace *as, uint64 va, pte_t pte)
{
    if (!as->kpt.root)
        return;
    pte_t *slot = walk(&as->kpt, va, 0);
    assert(slot);
    mirror_put(slot, pte);
}

static int
mirror_slots(pte_t *from, pte_t *to, uint64 va, int n, int level, void *arg)
{
    (void)va;
    (void)level;
    (void)arg;
    runs_follow(from, to, n, mirrored);
    return 0;
}

// Makes the mirror's entries for [start, end), and tables for them, follow the user's.
// On error  -ENOMEM: nothing has changed.
// Locks     as->lock held.
// Fences    none: the caller fences what was narrowed, together with the user's entries.
int
mirror_sync(struct aspace *as, uint64 start, uint64 end)
{
    if (!as->kpt.root)
        return 0;
    return pt_copy_range(&as->kpt, &as->pt, start, end, mirror_slots, NULL);
}

// Splits the mirror's superpage that holds va, after the user's. Where the mirror has a hole, since
// the page is not the user's, it gets the table that the single pages may need later.
// On error  -ENOMEM: nothing has changed.
// Locks     as->lock held.
int
mirror_split(struct aspace *as, uint64 va, struct tlb_batch *b)
{
    if (!as->kpt.root)
        return 0;
    int error = pt_split(&as->kpt, va, 0, b);
    return error ? error : mirror_reserve(as, va);
}

// Takes the mirror's leaves for [start, end) out, before the user's go; `zone` as for unmap_zone(),
// `keep` as for uvmunmap().
// Locks     as->lock held.
// Fences    the mirror's entries, before it returns.
void
mirror_unmap(struct aspace *as, uint64 start, uint64 end, struct pt_zone zone, bool keep)
{
    if (!as->kpt.root || start >= end)
        return;
    struct mmu_batch b;
    mmu_batch_init(&b, as, MMU_MIRROR);
    b.keep = keep;
    int error = unmap_zone(&as->kpt, start, end, zone, &b.tlb);
    assert(!error); // nothing is cut: the caller has cut the user's larger leaves
    mmu_flush(&b);
}

// Takes out all of the mirror's leaves and tables, before the user's go.
// Locks     as->lock held.
// Fences    the mirror's entries, before it returns.
void
mirror_destroy(struct aspace *as)
{
    if (!as->kpt.root)
        return;
    struct mmu_batch b;
    mmu_batch_init(&b, as, MMU_MIRROR);
    for (int i = 0; i < as->regions.n; i++) {
        const struct region *r = &as->regions.v[i];
        int error =
            unmap_zone(&as->kpt, r->start, r->end, regions_zone(&as->regions, i, USER_END), &b.tlb);
        assert(!error); // as above: no leaf is larger than its region
    }
    mmu_flush(&b);
}

static int
check_leaf(pte_t *slot, uint64 va, int level, void *arg)
{
    struct aspace *as = arg;
    int other;
    pte_t *mirror = walk_leaf(&as->kpt, va, &other);
    pte_t got = mirror ? pte_load(mirror) : 0;
    if (!agrees(pte_load(slot), got) || (got && other != level))
        panic("kpt-mirror: pid %d va 0x%lx: user 0x%lx, kernel 0x%lx", as->owner->pid, va,
              pte_load(slot), got);
    return 0;
}

static int
check_mirrored(pte_t *slot, uint64 va, int level, void *arg)
{
    struct aspace *as = arg;
    int other;
    pte_t *user = walk_leaf(&as->pt, va, &other);
    if (!user || !agrees(pte_load(user), pte_load(slot)))
        panic("kpt-mirror: pid %d va 0x%lx: only the kernel has 0x%lx at level %d", as->owner->pid,
              va, pte_load(slot), level);
    return 0;
}

// Checks kpt-mirror: each user page is in the mirror with the same frame, and no other is. Panics
// if not.
// Locks     takes as->lock.
// Sleeps    for as->lock.
void
check_mirror(struct aspace *as)
{
    if (!as->kpt.root)
        return;
    acquiresleep(&as->lock);
    (void)pt_for_each_leaf(&as->pt, 0, USER_END, check_leaf, as); // the checks return 0 or panic
    (void)pt_for_each_leaf(&as->kpt, 0, USER_END, check_mirrored, as);
    releasesleep(&as->lock);
}

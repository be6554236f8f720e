// SPDX-License-Identifier: MIT
// aspace.c - address spaces come, go, and are loaded into satp.
//
// Promises  A new address space is complete or does not exist. When one ends, each leaf's frame
//           loses the reference that the leaf held.
// Fences    aspace_switch(): after the satp write, so that nothing of the space this hart had
//           before is used in the new one (priv satp: writing it orders nothing by itself).
#include "mm/aspace.h"

#include "abi/errno.h"
#include "lib/string.h"
#include "mm/frame.h"
#include "mm/kmem.h"
#include "mm/kvm.h"
#include "mm/layout.h"
#include "mm/tlb.h"
#include "mm/userpage.h"
#include "rv/csr.h"

const struct kpt_design *kpt = &kpt_unified;

static const struct kpt_design *const designs[] = {&kpt_unified};
static struct kmem_cache aspace_cache;

void
aspace_init(void)
{
    kmem_cache_init(&aspace_cache, "aspace", sizeof(struct aspace));
    userpage_init();
}

int
kpt_select(const char *name)
{
    for (size_t i = 0; i < NELEM(designs); i++) {
        if (strcmp(designs[i]->name, name) == 0) {
            kpt = designs[i];
            return 0;
        }
    }
    return -EINVAL;
}

static uint64
table_alloc(struct pt *t)
{
    void *table = kzalloc(FRAME_PGTABLE, container_of(t, struct aspace, pt)->owner);
    return table ? v2p(table) : 0;
}

static void
table_free(struct pt *t, uint64 pa)
{
    (void)t;
    kfree(p2v(pa));
}

static const struct pt_env user_env = {
    .levels = 3,
    .direct = DIRECT_MAP,
    .alloc = table_alloc,
    .free = table_free,
};

static int
make_tables(struct aspace *as)
{
    if (pt_create(&as->pt, &user_env) < 0)
        return -ENOMEM;
    if (kpt->create(as) < 0) {
        pt_free_root(&as->pt);
        return -ENOMEM;
    }
    as->satp = MAKE_SATP(user_env.levels, 0, pt_root_pa(&as->pt));
    return 0;
}

struct aspace *
uvmcreate(uint32 owner, uint64 timebase, int harts)
{
    struct aspace *as = kmem_cache_alloc(&aspace_cache);
    if (!as)
        return NULL;
    *as = (struct aspace){.owner = owner};
    as->usys_early = (struct usyscall){.pid = (int)owner, .timebase = timebase, .harts = harts};
    as->usys = &as->usys_early;
    initsleeplock(&as->lock, "aspace");
    regions_init(&as->regions);
    if (make_tables(as) < 0) {
        kmem_cache_free(&aspace_cache, as);
        return NULL;
    }
    return as;
}

void
uvmfree(struct aspace *as)
{
    struct mmu_batch b;
    mmu_batch_init(&b, as, MMU_DEAD);
    pt_destroy_range(&as->pt, 0, USER_END, (struct pt_zone){0, MAXVA}, &b.tlb);
    mmu_flush(&b);
    regions_free(&as->regions);
    kpt->destroy(as);
    pt_free_root(&as->pt);
    kmem_cache_free(&aspace_cache, as);
}

// One run of neighbouring slots for fork: both tables get the same leaves, and those that the
// process may write to become copy-on-write in both.
static int
share_slots(pte_t *from, pte_t *to, uint64 va, int n, int level, void *arg)
{
    struct aspace *child = arg;
    (void)va;
    (void)level;
    for (int i = 0; i < n; i++) {
        pte_t pte = pte_load(&from[i]);
        if (!pte_valid(pte))
            continue;
        if (pte & PTE_W) {
            pte = (pte & ~PTE_W) | PTE_COW;
            pte_exchange(&from[i], pte);
        }
        userpage_share(pte);
        pte_store(&to[i], pte);
        child->pages++;
    }
    return 0;
}

static int
share_regions(struct aspace *to, struct aspace *from)
{
    for (int i = 0; i < from->regions.n; i++) {
        const struct region *r = &from->regions.v[i];
        if (r->kind == REGION_USYSCALL)
            continue;
        if (pt_copy_range(&to->pt, &from->pt, r->start, r->end, share_slots, to) < 0)
            return -ENOMEM;
    }
    return 0;
}

// On error  NULL; pages of `from` that have become copy-on-write stay so, which it cannot notice.
// Fences    the pages of `from` that lost W.
struct aspace *
uvmcopy(struct aspace *from, uint32 owner)
{
    struct aspace *to = uvmcreate(owner, from->usys->timebase, from->usys->harts);
    if (!to)
        return NULL;
    acquiresleep(&from->lock);
    int error = regions_copy(&to->regions, &from->regions);
    if (!error)
        error = share_regions(to, from);
    to->sz = from->sz;
    to->heap = from->heap;
    if (mycpu()->as == from)
        sfence_vma_user(); // the narrowed leaves may be in this hart's TLB, and in no other
    releasesleep(&from->lock);
    if (!error)
        return to;
    uvmfree(to);
    return NULL;
}

void
aspace_switch(struct aspace *as, struct cpu *c)
{
    w_satp(kpt->kernel_satp(as));
    sfence_vma_user(); // see Fences
    fence_i();         // its code may have been written by another hart
    c->as = as;
}

void
aspace_leave(void)
{
    struct cpu *c = mycpu();
    if (!c->as)
        return;
    w_satp(kernel_satp);
    sfence_vma_user(); // frames of that space may be freed now
    c->as = NULL;
}

int
aspace_map(struct aspace *as, const struct region *r)
{
    if (r->start >= r->end || r->end > USER_END)
        return -EINVAL;
    acquiresleep(&as->lock);
    int error = region_add(&as->regions, r);
    releasesleep(&as->lock);
    return error;
}

// Changes what the process may do in the region that starts at `start`, and its pages accordingly.
int
aspace_restrict(struct aspace *as, uint64 start, uint64 prot)
{
    struct mmu_batch b;
    int error = -EINVAL;
    mmu_batch_init(&b, as, MMU_LIVE);
    acquiresleep(&as->lock);
    struct region *r = region_find(&as->regions, start);
    if (r)
        error = protect(&as->pt, r->start, r->end, PTE_RWX & ~prot, 0, &b.tlb);
    if (!error)
        r->prot = (uint16)prot;
    mmu_flush(&b);
    releasesleep(&as->lock);
    return error;
}

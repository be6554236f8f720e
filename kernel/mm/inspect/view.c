// SPDX-License-Identifier: MIT
// view.c - lists the entries of a page table, some at a time.
//
// Theory    The entries of a table in the order of a walk: an entry, then what it leads to; a
//           deferred pointer (mm/aspace/defer.h) is followed like any other. A query is a place in
//           that order, so an answer can end anywhere: of the pointers that lead to q->va, those
//           above q->level have been shown.
// Locks     as->lock while entries of a process are read; its viewers keep it there. The kernel's
//           own tables are never freed, and each entry is read whole: no lock.
// Next      sys/syspt.c
#include "mm/inspect/view.h"

#include "abi/errno.h"
#include "mm/aspace/aspace.h"
#include "mm/aspace/mapsite.h"
#include "mm/frame/buddy.h"
#include "mm/frame/frame.h"
#include "mm/frame/userpage.h"
#include "mm/kvm/kimage.h"
#include "mm/kvm/layout.h"

_Static_assert(PGE_DEFERRED == PTE_DEFERRED, "what user programs know of an entry");

// The table in use while the process runs in user mode or, with in_kernel, in the kernel. `as`
// NULL: the kernel's own.
const struct pt *
view_table(const struct aspace *as, bool in_kernel)
{
    if (!as)
        return &kernel_pt;
    if (!in_kernel || !design->switches)
        return &as->pt;
    return as->kpt.root ? &as->kpt : &kernel_pt;
}

// ---- Describing an entry

static uint8
kernel_region(uint64 va)
{
    static const uint8 image[KIMAGE_PARTS] = {
        [KIMAGE_TEXT] = PGR_KTEXT, [KIMAGE_RODATA] = PGR_KRODATA, [KIMAGE_DATA] = PGR_KDATA};
    const struct kimage_part *part = kimage_find(va);
    if (part)
        return image[part - kimage];
    if (va - DIRECT_MAP < DIRECT_SIZE)
        return PGR_DIRECT;
    if (va - DEVICES < DEVICES_SIZE)
        return PGR_DEVICE;
    return va - KSTACKS < KSTACKS_SIZE ? PGR_KSTACK : PGR_NONE;
}

// Tells what va is part of, an enum pgregion, and sets *prot to what the process may do there
// (PROT_...).
// Locks     as->lock held, unless as is NULL.
uint8
view_region(struct aspace *as, uint64 va, uint8 *prot)
{
    static const uint8 kinds[] = {
        [REGION_IMAGE] = PGR_IMAGE, [REGION_GUARD] = PGR_GUARD,       [REGION_STACK] = PGR_STACK,
        [REGION_HEAP] = PGR_HEAP,   [REGION_USYSCALL] = PGR_USYSCALL, [REGION_MMAP] = PGR_MMAP,
    };
    const struct region *r = as ? region_find(&as->regions, va) : NULL;
    *prot = r ? (uint8)(r->prot >> 1) : 0; // PTE_R, W, X stand one bit above PROT_READ, WRITE, EXEC
    if (r)
        return kinds[r->kind];
    if (as && PGROUNDDOWN(va) == TRAMPOLINE)
        return PGR_TRAMPOLINE;
    return as && PGROUNDDOWN(va) == TRAPFRAME ? PGR_TRAPFRAME : kernel_region(va);
}

static void
describe_frame(struct pgentry *e)
{
    e->kind = PGK_NONE;
    if (!frame_managed(e->pa))
        return;
    const struct frame *f = frame_head(e->pa);
    if (pte_leaf(e->pte) && !(e->pte & PTE_U) && e->size > PGSIZE << (f->order & ~BUDDY_FREE))
        return; // many frames, each with a purpose of its own
    e->kind = f->kind;
    e->refs = (uint32)f->refs;
    e->maps = f->mapcount;
    e->owner = f->owner;
}

// ---- Going from entry to entry

struct visit {
    const struct pt *t;
    struct aspace *as;
    struct pgquery *q;
    struct pgentry *buf;
    int n, max;
};

// Returns whether entries of a lower level follow.
static bool
leads_on(pte_t pte, int level)
{
    return level > 0 && (pte_table(pte) || pte_deferred(pte));
}

static bool
wanted(const struct pgquery *q, pte_t pte, int level, uint64 va)
{
    if (pte_leaf(pte) || level == 0)
        return true;
    return (q->what & PGQ_POINTERS) && (va > q->va || level <= q->level);
}

// Moves the query behind an entry.
static void
query_advance(struct pgquery *q, const struct pgentry *e, bool pointer)
{
    if (pointer) {
        q->va = e->va > q->va ? e->va : q->va;
        q->level = e->level - 1;
        return;
    }
    q->va = e->va + e->size; // 0 behind the end of the address space
    if (q->va == pt_half(q->levels))
        q->va = -q->va;        // the upper half follows
    q->level = q->va ? 0 : -1; // the highest level at which an entry begins there
    while (q->va && q->level + 1 < q->levels && !(q->va & (pt_leaf_size(q->level + 1) - 1)))
        q->level++;
}

static void
emit(struct visit *v, const pte_t *slot, pte_t pte, int level, uint64 va)
{
    struct pgentry *e = &v->buf[v->n++];
    *e = (struct pgentry){.va = va, .size = pt_leaf_size(level), .pte = pte, .pa = pte_pa(pte)};
    e->at = (uint64)slot - v->t->env->direct;
    e->level = (uint8)level;
    describe_frame(e);
    e->region = view_region(v->as, va, &e->prot);
    e->site = DEBUG_BUILD && pte_leaf(pte) ? mapsite_last(v->as, va, NULL) : 0;
    query_advance(v->q, e, leads_on(pte, level));
}

// The address for which entry `index` of a table stands that serves the addresses from `base` on.
static uint64
entry_va(const struct pt *t, int level, uint64 base, uint64 index)
{
    uint64 va = base + (index << PXSHIFT(level));
    int unused = 64 - PXSHIFT(t->env->levels);
    return (uint64)((int64)(va << unused) >> unused); // the upper half's addresses are negative
}

// Describes the entries of a table that the query asks for, and those below them.
// Returns   true when there is no room for more.
static bool
visit(struct visit *v, pagetable_t table, int level, uint64 base)
{
    bool first = v->q->va > base || level == v->t->env->levels - 1;
    for (uint64 i = first ? PX(level, v->q->va) : 0; i < PT_ENTRIES; i++) {
        pte_t pte = pte_load(&table[i]);
        uint64 va = entry_va(v->t, level, base, i);
        if (!pte_valid(pte) && !leads_on(pte, level))
            continue;
        if (v->n == v->max || va > v->q->last)
            return true;
        if (wanted(v->q, pte, level, va))
            emit(v, &table[i], pte, level, va);
        if (leads_on(pte, level) && visit(v, pt_table_at(v->t, pte_pa(pte)), level - 1, va))
            return true;
    }
    return false;
}

// Describes the next entries that `q` asks for, at most `max`, and moves q behind them. as NULL: of
// the kernel's own table.
// Returns   how many; 0: there are no more; -EINVAL: q->va is no canonical address.
// Locks     takes as->lock.
// Sleeps    for as->lock.
int
view_entries(struct aspace *as, struct pgquery *q, struct pgentry *buf, int max)
{
    const struct pt *t = view_table(as, q->what & PGQ_KERNEL);
    struct visit v = {.t = t, .as = as, .q = q, .buf = buf, .max = max};
    if (!pt_canonical(t->env->levels, q->va))
        return -EINVAL;
    q->levels = t->env->levels;
    q->root = pt_root_pa(t);
    if (as)
        acquiresleep(&as->lock);
    q->sz = as ? as->sz : 0;
    if (q->level >= 0 && q->va <= q->last)
        visit(&v, t->root, t->env->levels - 1, 0);
    if (as)
        releasesleep(&as->lock);
    return v.n;
}

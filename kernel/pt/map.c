// SPDX-License-Identifier: MIT
// map.c - mapping a range.
//
// Theory    Two descents over the same range. The first finds what stands in the way and takes the
//           table frames that will be missing; the second fills in leaves and tables and cannot
//           fail. A leaf stands as high as alignment and `max_level` allow, unless a table is there
//           already.
// Promises  map-atomic: mappages() maps the whole range or leaves tree and allocator as they were.
// Locks     none here; the caller owns the tree.
// Fences    none here: holes become valid, see walk.c.
// Manual    priv: sv39, sv32algorithm
// Next      pt/unmap.c
#include "pt/pt.h"

#include "abi/errno.h"
#include "lib/panic.h"
#include "pt/span.h"
#include "pt/stock.h"

struct map_job {
    struct pt *t;
    struct stock stock;
    uint64 delta; // physical minus virtual address
    uint64 perm;  // with V
    int max_level;
};

// Returns whether [va, sub] may be one leaf at `level`.
static bool
fits(const struct map_job *job, int level, uint64 va, uint64 sub)
{
    return level <= job->max_level && span_whole(level, va, sub) &&
           ((va + job->delta) & (pt_leaf_size(level) - 1)) == 0;
}

// Takes the table frames that mapping [va, last] below `table` needs; a `table` of NULL is one that
// does not exist yet.
// On error  -ENOMEM; the stock is empty.
static int
map_reserve(struct map_job *job, pagetable_t table, int level, uint64 va, uint64 last)
{
    for (uint64 sub; va - 1 != last; va = sub + 1) {
        pte_t pte = table != NULL ? pte_load(&table[PX(level, va)]) : 0;
        sub = span_last(level, va, last);
        if (pte_valid(pte) && (level == 0 || !pte_table(pte)))
            pt_remap(job->t, &table[PX(level, va)], level, va, va + job->delta);
        if (!pte_valid(pte) && fits(job, level, va, sub))
            continue;
        if (!pte_valid(pte) && stock_fill(job->t, &job->stock, 1) < 0)
            return -ENOMEM;
        pagetable_t child = pte_valid(pte) ? pt_child(job->t, pte) : NULL;
        if (level == 1 && child == NULL)
            continue; // a leaf table to come: nothing in the way, nothing below
        if (map_reserve(job, child, level - 1, va, sub) < 0)
            return -ENOMEM;
    }
    return 0;
}

// Maps [va, last] below `table` with what map_reserve() took.
static void
map_commit(struct map_job *job, pagetable_t table, int level, uint64 va, uint64 last)
{
    for (uint64 sub; va - 1 != last; va = sub + 1) {
        pte_t *slot = &table[PX(level, va)];
        pte_t pte = pte_load(slot);
        sub = span_last(level, va, last);
        if (pte_valid(pte)) {
            map_commit(job, pt_child(job->t, pte), level - 1, va, sub);
        } else if (fits(job, level, va, sub)) {
            pte_publish(slot, pte_make(va + job->delta, job->perm));
        } else {
            pagetable_t child = stock_take(job->t, &job->stock);
            map_commit(job, child, level - 1, va, sub);
            pte_publish(slot, pt_pointer(job->t, child)); // filled first: walkers see it complete
        }
    }
}

// Panics if the request cannot become entries: the caller is the kernel, so this is its mistake.
static void
check_request(uint64 va, uint64 size, uint64 pa, uint64 perm)
{
    if (va & (PGSIZE - 1))
        panic("mappages: va not aligned: 0x%lx", va);
    if (size & (PGSIZE - 1))
        panic("mappages: size not aligned: 0x%lx at va 0x%lx", size, va);
    if (size == 0)
        panic("mappages: size: 0 at va 0x%lx", va);
    if ((pa & (PGSIZE - 1)) || pa >> PA_BITS || (pa + size - 1) >> PA_BITS)
        panic("mappages: pa: 0x%lx, size 0x%lx", pa, size);
    if ((perm & PTE_RWX) == 0 || (perm & (PTE_R | PTE_W)) == PTE_W || perm != pte_flags(perm))
        panic("mappages: perm: 0x%lx at va 0x%lx", perm, va);
}

// Maps [va, va + size) to the physical memory from `pa` on with flags `perm`, in leaves of level
// `max_level` at most.
// On error  -EINVAL: the range is not canonical; -ENOMEM: table frames ran out. The tree is as
//           it was.
int
mappages(struct pt *t, uint64 va, uint64 size, uint64 pa, uint64 perm, int max_level)
{
    check_request(va, size, pa, perm);
    if (!range_ok(t, va, va + size))
        return -EINVAL;
    struct map_job job = {.t = t, .delta = pa - va, .perm = perm | PTE_V, .max_level = max_level};
    int top = t->env->levels - 1;
    if (map_reserve(&job, t->root, top, va, va + size - 1) < 0)
        return -ENOMEM;
    map_commit(&job, t->root, top, va, va + size - 1);
    return 0;
}

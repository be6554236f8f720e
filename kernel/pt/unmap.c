// SPDX-License-Identifier: MIT
// unmap.c - removing what a range maps.
//
// Theory    One descent over the entries of the range; it skips an invalid entry at the level where
//           it finds it. The caller passes the zone (struct pt_zone) in which the tree maps nothing
//           outside the range. Tables inside the zone are freed without a search for other entries.
// Promises  unhook-first: an entry is out of the tree before the batch records it. hole-zero: a
//           table that is handed to the batch holds zeroes.
// Locks     none here; the caller owns the tree.
// Fences    none here; the batch records the addresses that its owner has to fence.
// Manual    priv: sfence.vma
// Next      pt/batch.h, mm/aspace/tlb.c
#include "pt/batch.h"
#include "pt/pt.h"

#include "abi/errno.h"
#include "lib/panic.h"
#include "pt/note.h"
#include "pt/span.h"

struct unmap_job {
    struct pt *t;
    struct tlb_batch *b;
    // The zone, [floor, ceiling], inclusive, unlike struct pt_zone. floor > ceiling: free no table.
    uint64 floor, ceiling;
    bool dead; // no user code will run on this tree again
};

// Takes the leaf `pte` out of `slot`.
static inline void
remove_leaf(struct unmap_job *job, pte_t *slot, pte_t pte, uint64 va, int level)
{
    if (job->dead)
        pte_store(slot, 0); // no hart writes through this leaf, so none sets D after the load
    else
        pte = pte_exchange(slot, 0);
    note_stale(job->b, va, level);
    if (job->b->ops->leaf != NULL)
        job->b->ops->leaf(job->b, va, pte, level);
}

// Returns whether the zone contains the whole range that an entry for `va` at `level` covers.
static bool
in_zone(const struct unmap_job *job, int level, uint64 va)
{
    uint64 mask = pt_leaf_size(level) - 1;
    return (va & ~mask) >= job->floor && (va | mask) <= job->ceiling;
}

// Removes the leaves of [va, last] from a table at `level` > 0, and the tables of the zone below
// it.
static void
unmap_table(struct unmap_job *job, pagetable_t table, int level, uint64 va, uint64 last)
{
    for (uint64 sub; va - 1 != last; va = sub + 1) {
        pte_t *slot = &table[PX(level, va)];
        if (slots_aligned(slot) && slots_empty(slot)) {
            sub = span_run_last(level, va, last);
            continue;
        }
        pte_t pte = pte_load(slot);
        sub = span_last(level, va, last);
        if (pte == 0)
            continue;
        if (!pte_table(pte)) {
            assert(pte_valid(pte)); // the caller has unshared or dropped all deferred tables
            if (!span_whole(level, va, sub))
                panic("unmap: part of a leaf: va 0x%lx to 0x%lx, pte 0x%lx at level %d", va, sub,
                      pte, level);
            remove_leaf(job, slot, pte, va, level);
            continue;
        }
        if (level > 1)
            unmap_table(job, pt_child(job->t, pte), level - 1, va, sub);
        else
            job->b->ops->leaves(job->b, &pt_child(job->t, pte)[PX(0, va)], va,
                                (int)(PX(0, sub) - PX(0, va)) + 1);
        if (in_zone(job, level, va)) {
            pte_store(slot, 0); // a pointer has no A or D that a hart could set
            job->b->all = true; // walkers may keep the pointer until all is fenced
            job->b->ops->table(job->b, pte_pa(pte));
        }
    }
}

// Removes the leaves of [start, end) and keeps the tables.
// On error  -EINVAL: not a range; -ENOMEM: a superpage at an edge could not be split. Nothing has
//           changed.
int
unmap(struct pt *t, uint64 start, uint64 end, struct tlb_batch *b)
{
    return unmap_zone(t, start, end, (struct pt_zone){PGSIZE, PGSIZE}, b);
}

// Removes the leaves of [start, end), and the tables whose whole range is inside the zone.
// On error  as unmap().
int
unmap_zone(struct pt *t, uint64 start, uint64 end, struct pt_zone zone, struct tlb_batch *b)
{
    if (start == end)
        return 0;
    if (!range_ok(t, start, end))
        return -EINVAL;
    int err = split_edges(t, start, end, b);
    if (err < 0)
        return err;
    struct unmap_job job = {t, b, zone.floor, zone.ceiling - 1, false};
    unmap_table(&job, t->root, t->env->levels - 1, start, end - 1);
    return 0;
}

// Removes the leaves of [start, end), and the tables whose whole range is inside the zone, from the
// tree of an address space in which no user code will run again. A superpage must be wholly inside
// the range.
void
pt_destroy_range(struct pt *t, uint64 start, uint64 end, struct pt_zone zone, struct tlb_batch *b)
{
    if (start == end)
        return;
    assert(range_ok(t, start, end));
    struct unmap_job job = {t, b, zone.floor, zone.ceiling - 1, true};
    unmap_table(&job, t->root, t->env->levels - 1, start, end - 1);
}

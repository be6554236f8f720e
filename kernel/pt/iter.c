// SPDX-License-Identifier: MIT
// iter.c - visiting the leaves of a range, or its leaf tables.
//
// Theory    A hole is passed over at the level where it is, so the cost follows the tables that are
//           there and not the size of the range.
// Locks     none here; the caller owns the tree.
#include "pt/pt.h"

#include "lib/panic.h"
#include "pt/span.h"

struct iter {
    const struct pt *t;
    pt_leaf_fn fn;
    void *arg;
    int bottom;   // the level to which pointers are followed
    pte_t wanted; // other entries are visited if they have one of these bits
};

static int
visit(const struct iter *it, pagetable_t table, int level, uint64 va, uint64 last)
{
    int stop = 0;
    for (uint64 sub; va - 1 != last && stop == 0; va = sub + 1) {
        pte_t *slot = &table[PX(level, va)];
        if (slots_aligned(slot) && slots_empty(slot)) {
            sub = span_run_last(level, va, last);
            continue;
        }
        pte_t pte = pte_load(slot);
        uint64 base = va & ~(pt_leaf_size(level) - 1);
        sub = span_last(level, va, last);
        if (level > it->bottom && pte_table(pte))
            stop = visit(it, pt_child(it->t, pte), level - 1, va, sub);
        else if (pte & it->wanted)
            stop = it->fn(slot, base, level, it->arg);
    }
    return stop;
}

static int
each(const struct iter *it, uint64 start, uint64 end)
{
    if (start == end)
        return 0;
    assert(range_ok(it->t, start, end));
    return visit(it, it->t->root, it->t->env->levels - 1, start, end - 1);
}

// Calls `fn` with the slot, first address and level of each leaf that maps some of [start, end),
// until one call returns nonzero. `fn` may change the slot.
// Returns   what the last call returned, 0 if there was none.
int
pt_for_each_leaf(const struct pt *t, uint64 start, uint64 end, pt_leaf_fn fn, void *arg)
{
    struct iter it = {t, fn, arg, 0, PTE_V};
    return each(&it, start, end);
}

// Calls `fn` with each slot of level 1 that leads to a leaf table, in use or deferred, or holds a
// superpage, for [start, end), until one call returns nonzero. `fn` may change the slot.
// Returns   what the last call returned, 0 if there was none.
int
pt_for_each_table(const struct pt *t, uint64 start, uint64 end, pt_leaf_fn fn, void *arg)
{
    struct iter it = {t, fn, arg, 1, PTE_V | t->env->deferred};
    return each(&it, start, end);
}

// SPDX-License-Identifier: MIT
// free.c - giving table frames back, when no hart can reach them any more.
//
// Theory    These functions do not fence. The caller makes sure that no satp and no TLB leads to
//           the tree: it was never used, or all harts have been fenced.
// Locks     none here; the caller owns the tree.
// Next      pt/unmap.c for trees in use
#include "pt/pt.h"

#include "lib/panic.h"
#include "lib/string.h"
#include "pt/span.h"

// Panics: a table is to be freed that still maps va.
static void noreturn
leaf_left(struct pt *t, pagetable_t table, int level, uint64 va, pte_t pte)
{
    panic_frames(pte_pa(pt_pointer(t, table)), pte_pa(pte), 0,
                 "freewalk: leaf: va 0x%lx holds pte 0x%lx at level %d", va, pte, level);
}

static void free_tree(struct pt *t, pagetable_t table, int level, uint64 va, bool leaves_allowed);

// Clears the entries from `first` to `last` of `table`, which is at `level` and serves `va` on, and
// frees the tables below them.
static void
clear_slots(struct pt *t, pagetable_t table, int level, uint64 va, uint64 first, uint64 last,
            bool leaves_allowed)
{
    for (uint64 i = first; i <= last; i++) {
        if (slots_aligned(&table[i]) && slots_empty(&table[i])) {
            i += SLOT_RUN - 1;
            continue;
        }
        pte_t pte = pte_load(&table[i]);
        if (level > 0 && pte_table(pte))
            free_tree(t, pt_child(t, pte), level - 1, va + i * pt_leaf_size(level), leaves_allowed);
        else if (pte && !leaves_allowed)
            leaf_left(t, table, level, va + i * pt_leaf_size(level), pte);
        pte_store(&table[i], 0);
    }
}

// Frees `table`, which is blank then, and the tables below it.
static void
free_tree(struct pt *t, pagetable_t table, int level, uint64 va, bool leaves_allowed)
{
    if (level == 0 && leaves_allowed)
        memset(table, 0, PGSIZE); // costs less than a look at each entry
    else
        clear_slots(t, table, level, va, 0, PT_ENTRIES - 1, leaves_allowed);
    t->env->free(t, pte_pa(pt_pointer(t, table)));
}

static void
free_range(struct pt *t, uint64 start, uint64 end, bool leaves_allowed)
{
    int top = t->env->levels - 1;
    assert(range_ok(t, start, end));
    uint64 first = PX(top, start), served = start & ~(pt_leaf_size(top) - 1);
    clear_slots(t, t->root, top, served - first * pt_leaf_size(top), first, PX(top, end - 1),
                leaves_allowed);
}

// Frees all tables below the root entries that [start, end) touches. Panics if a leaf is left in
// them.
void
freewalk(struct pt *t, uint64 start, uint64 end)
{
    free_range(t, start, end, false);
}

// Frees all tables below the root entries that [start, end) touches. The frames that leaves in them
// map are not freed.
void
pt_free_tables(struct pt *t, uint64 start, uint64 end)
{
    free_range(t, start, end, true);
}

// Frees the root alone: tables that it still points at belong to other trees.
void
pt_free_root(struct pt *t)
{
    t->env->free(t, pt_root_pa(t));
    t->root = NULL;
}

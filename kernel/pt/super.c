// SPDX-License-Identifier: MIT
// super.c - larger leaves: splitting and joining.
//
// Theory    A leaf of level n and a table of 512 leaves of level n-1 translate alike. Splitting
//           swaps the first for the second, so that a part can be changed; joining is the way
//           back.
// Promises  map-atomic: the tables for a split are taken before the first store. A split range
//           translates the same at every moment; a joined one leads to the same memory.
// Locks     none here; the caller owns the tree.
// Fences    none here. The batch records the range of a split, since TLBs may keep the larger
//           leaf, and everything for a join, since walkers may keep the pointer.
// Manual    priv: sfence.vma, sv39
// Next      pt/protect.c

#include "abi/errno.h"
#include "lib/panic.h"
#include "pt/note.h"
#include "pt/span.h"
#include "pt/stock.h"

// Puts `table`, filled with its 512 parts, in place of the leaf in `slot`.
static void
split_slot(struct pt *t, pte_t *slot, int level, uint64 va, pagetable_t table, struct tlb_batch *b)
{
    pte_t old;
    do {
        old = pte_load(slot); // again if a walker has set A or D meanwhile
        for (uint64 i = 0; i < PT_ENTRIES; i++)
            pte_store(&table[i], pte_part(old, level, i));
    } while (!pte_replace(slot, old, pt_pointer(t, table)));
    note_stale(b, va & ~(pt_leaf_size(level) - 1), old, level);
}

// The number of splits until the leaf that holds `va` is of level `level` or starts at `va`.
static int
splits_needed(const struct pt *t, uint64 va, int level)
{
    int at;
    pte_t *slot = walk_leaf(t, va, &at);
    if (slot == NULL || !pte_leaf(pte_load(slot)))
        return 0;
    int n = 0;
    while (at - n > level && (va & (pt_leaf_size(at - n) - 1)) != 0)
        n++;
    return n;
}

// Splits the leaf that holds `va` `n` times, always the part that holds it.
static void
split_times(struct pt *t, uint64 va, int n, struct stock *stock, struct tlb_batch *b)
{
    for (; n > 0; n--) {
        int level;
        pte_t *slot = walk_leaf(t, va, &level);
        split_slot(t, slot, level, va, stock_take(t, stock), b);
    }
}

// Splits the larger leaves that [start, end) would cut.
// On error   -ENOMEM; nothing changed.
int
split_edges(struct pt *t, uint64 start, uint64 end, struct tlb_batch *b)
{
    struct stock stock = {0};
    int first = splits_needed(t, start, 0), last = splits_needed(t, end, 0);
    if (likely(first + last == 0))
        return 0;
    if (stock_fill(t, &stock, first + last) < 0)
        return -ENOMEM;
    split_times(t, start, first, &stock, b);
    split_times(t, end, splits_needed(t, end, 0), &stock,
                b); // fewer if the first edge split its leaf
    stock_drain(t, &stock);
    return 0;
}

// Splits the leaf that holds `va` until it is of level `level`; a smaller one, or a hole, stays.
// On error   -EINVAL: `va` is not canonical; -ENOMEM: table frames ran out. Nothing changed.
int
pt_split(struct pt *t, uint64 va, int level, struct tlb_batch *b)
{
    struct stock stock = {0};
    int at;
    pte_t *slot = walk_leaf(t, va, &at);
    if (slot == NULL || level < 0)
        return -EINVAL;
    if (!pte_leaf(pte_load(slot)) || at <= level)
        return 0;
    if (stock_fill(t, &stock, at - level) < 0)
        return -ENOMEM;
    split_times(t, va, at - level, &stock, b);
    return 0;
}

// The slot at `level` > 0 that points at the table which serves `va`; NULL: there is none.
static pte_t *
pointer_slot(const struct pt *t, uint64 va, int level)
{
    pagetable_t table = t->root;
    if (!pt_canonical(t->env->levels, va) || level < 1 || level >= t->env->levels)
        return NULL;
    for (int i = t->env->levels - 1;; i--) {
        pte_t *slot = &table[PX(i, va)];
        pte_t pte = pte_load(slot);
        if (!pte_table(pte))
            return NULL;
        if (i == level)
            return slot;
        table = pt_child(t, pte);
    }
}

// Tells which leaf of `level` could stand in place of the table that serves `va` below that level:
// with the first entry's flags, and A and D if any has them.
// Returns    0 if there is no such table or its entries are not 512 leaves with the same flags (but
//            A, D and those of `but`, which may differ) of one aligned stretch of memory.
pte_t
pt_joined(const struct pt *t, uint64 va, int level, pte_t but)
{
    const pte_t *slot = pointer_slot(t, va, level);
    if (slot == NULL)
        return 0;
    const pte_t *table = pt_child(t, pte_load(slot));
    pte_t first = pte_load(table), used = 0;
    if (!pte_leaf(first) || (pte_pa(first) & (pt_leaf_size(level) - 1)) != 0)
        return 0;
    for (uint64 i = PT_ENTRIES; i-- > 0;) { // most tables show at their ends that they are no parts
        pte_t pte = pte_load(&table[i]);
        if (((pte ^ pte_part(first, level, i)) & ~(but | PTE_A | PTE_D)) != 0)
            return 0;
        used |= pte & (PTE_A | PTE_D);
    }
    return first | used;
}

// Puts `leaf` in place of the table that serves `va` below `level`, which there is. An A or D that
// a walker gives the table's entries meanwhile is lost.
void
pt_join(struct pt *t, uint64 va, int level, pte_t leaf, struct tlb_batch *b)
{
    pte_t *slot = pointer_slot(t, va, level);
    assert(slot != NULL && pte_leaf(leaf));
    pte_t old = pte_load(slot);
    pte_publish(slot, leaf);
    b->global |= (leaf & PTE_G) != 0;
    note_table(b, pte_pa(old), false);
}

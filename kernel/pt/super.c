// SPDX-License-Identifier: MIT
// super.c - larger leaves: splitting.
//
// Theory    A leaf of level n and a table of 512 leaves of level n-1 translate alike. Splitting
//           swaps the first for the second, so that a part can be changed.
// Promises  map-atomic: the tables for a split are taken before the first store. A split range
//           translates the same at every moment.
// Locks     none here; the caller owns the tree.
// Fences    none here. The batch records the range of a split, since TLBs may keep the larger leaf.
// Manual    priv: sfence.vma, sv39
// Next      pt/protect.c

#include "abi/errno.h"
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
    note_stale(b, va & ~(pt_leaf_size(level) - 1), level);
}

// Returns the number of splits until the leaf that holds `va` is of level 0 or starts at `va`.
static int
splits_needed(const struct pt *t, uint64 va)
{
    int at;
    pte_t *slot = walk_leaf(t, va, &at);
    if (slot == NULL || !pte_leaf(pte_load(slot)))
        return 0;
    int n = 0;
    while (at > n && (va & (pt_leaf_size(at - n) - 1)) != 0)
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
// On error  -ENOMEM; nothing changed.
int
split_edges(struct pt *t, uint64 start, uint64 end, struct tlb_batch *b)
{
    struct stock stock = {0};
    int first = splits_needed(t, start), last = splits_needed(t, end);
    if (likely(first + last == 0))
        return 0;
    if (stock_fill(t, &stock, first + last) < 0)
        return -ENOMEM;
    split_times(t, start, first, &stock, b);
    split_times(t, end, splits_needed(t, end), &stock,
                b); // fewer if the first edge split its leaf
    stock_drain(t, &stock);
    return 0;
}

// Splits the leaf that holds `va` until it is of level `level`; a smaller one, or a hole, stays.
// On error  -EINVAL: `va` is not canonical; -ENOMEM: table frames ran out. Nothing changed.
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

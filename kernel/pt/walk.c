// SPDX-License-Identifier: MIT
// walk.c - from a virtual address to its entry; mapping one page.
//
// Theory    The walk goes from the root towards level 0, at each level picking the entry by 9
//           bits of the address, until an entry is no pointer: a leaf, or a hole.
// Promises  map-atomic: missing tables are taken together and hooked in with one store.
// Locks     none here; the caller owns the tree.
// Fences    none here. A TLB may still hold the old invalid entry; a caller that does not fence
//           must expect one more fault.
// Manual    priv: sv32algorithm, sv39
// Next      pt/map.c, pt/read/translate.c
#include "pt/pt.h"

#include "abi/errno.h"
#include "lib/panic.h"
#include "pt/span.h"
#include "pt/stock.h"

// Builds the tables from the hole `slot` at `level` down to that of `va` at level `bottom`.
// Returns   the slot of `va` at `bottom`; NULL if table frames ran out.
// On error  the tree is as it was.
static pte_t *
grow_branch(struct pt *t, pte_t *slot, uint64 va, int level, int bottom)
{
    struct stock stock = {0};
    assert(pte_load(slot) == 0); // no leaf, and no deferred table, which would be lost
    if (stock_fill(t, &stock, level - bottom) < 0)
        return NULL;
    pagetable_t table = stock_take(t, &stock);
    pte_t *lowest = &table[PX(bottom, va)];
    for (int i = bottom + 1; i < level; i++) {
        pagetable_t upper = stock_take(t, &stock);
        pte_store(&upper[PX(i, va)], pt_pointer(t, table));
        table = upper;
    }
    pte_publish(slot, pt_pointer(t, table)); // last: walkers see all of the branch or nothing
    return lowest;
}

// Gives `t` an empty root.
// On error  -ENOMEM; `t` has no root.
int
pt_create(struct pt *t, const struct pt_env *env)
{
    t->root = NULL;
    t->env = env;
    uint64 pa = env->alloc(t);
    if (pa == 0)
        return -ENOMEM;
    t->root = pt_table_at(t, pa);
    return 0;
}

// Makes the blank table at `pa` a root one level above t's. Its last entry leads to t's root, so
// that the highest addresses mean the same with one level more.
// Returns   the new root, which `t` does not have yet.
pagetable_t
pt_root_above(const struct pt *t, uint64 pa)
{
    pagetable_t root = pt_table_at(t, pa);
    pte_store(&root[PT_ENTRIES - 1], pt_pointer(t, t->root));
    return root;
}

// Finds the slot of `va` at level 0, or that of the larger leaf that holds `va`; makes the missing
// tables if `alloc`.
// Returns   NULL if `va` is not canonical, tables are missing, or table frames ran out.
// On error  the tree is as it was.
pte_t *
walk(struct pt *t, uint64 va, int alloc)
{
    int level;
    pte_t pte;
    if (!pt_canonical(t->env->levels, va))
        return NULL;
    pte_t *slot = pt_descend(t, va, 0, &level, &pte);
    if (level == 0 || pte_valid(pte))
        return slot;
    return alloc ? grow_branch(t, slot, va, level, 0) : NULL;
}

// Finds the slot where the walk for `va` ends, whatever it holds. A hole at `*level` leaves the
// whole stretch of pt_leaf_size(*level) bytes unmapped.
// Returns   NULL if `va` is not canonical.
pte_t *
walk_leaf(const struct pt *t, uint64 va, int *level)
{
    pte_t pte;
    if (!pt_canonical(t->env->levels, va))
        return NULL;
    return pt_descend(t, va, 0, level, &pte);
}

// Finds where the walk for `va` ends, as walk_leaf() does. `va` is canonical, so there is a slot.
struct pt_cursor
pt_find(const struct pt *t, uint64 va)
{
    struct pt_cursor at = {.va = va};
    pte_t pte;
    at.slot = pt_descend(t, va, 0, &at.level, &pte);
    return at;
}

// Panics: the entry for va, in `slot` at `level`, is in use, so that `pa` cannot be mapped there.
void
pt_remap(const struct pt *t, const pte_t *slot, int level, uint64 va, uint64 pa)
{
    pte_t old = pte_load(slot);
    panic_frames(PGROUNDDOWN((uint64)slot) - t->env->direct, pte_pa(old), pa,
                 "mappages: remap: va 0x%lx holds pte 0x%lx at level %d, wanted pa 0x%lx", va, old,
                 level, pa);
}

// Maps one page into the hole where the cursor is, and moves the cursor to its leaf.
// On error  -ENOMEM: table frames ran out. Tree and cursor are as they were.
int
pt_fill_at(struct pt *t, struct pt_cursor *at, pte_t pte)
{
    if (unlikely(pte_valid(pte_load(at->slot))))
        pt_remap(t, at->slot, at->level, at->va, pte_pa(pte));
    if (unlikely(at->level > 0)) {
        pte_t *slot = grow_branch(t, at->slot, at->va, at->level, 0);
        if (slot == NULL)
            return -ENOMEM;
        *at = (struct pt_cursor){slot, at->va, 0};
    }
    pte_publish(at->slot, pte);
    return 0;
}

// Maps one page: `pte` goes into the slot of `va`, which must be a hole.
// On error  -EINVAL: `va` is not canonical; -ENOMEM: table frames ran out. The tree is as it was.
int
map_page(struct pt *t, uint64 va, pte_t pte)
{
    if (unlikely(!pt_canonical(t->env->levels, va)))
        return -EINVAL;
    struct pt_cursor at = pt_find(t, va);
    return pt_fill_at(t, &at, pte);
}

// Finds the slot of `va` at `level`, whatever it holds. There must be no leaf above `level`. Makes
// the missing tables.
// Returns   NULL if table frames ran out; the tree is as it was.
pte_t *
pt_slot(struct pt *t, uint64 va, int level)
{
    int at;
    pte_t pte;
    pte_t *slot = pt_descend(t, va, level, &at, &pte);
    return likely(at == level) ? slot : grow_branch(t, slot, va, at, level);
}

// The number of entries at `level` that [start, end) touches, which must be in one table.
static int
entries_at(const struct pt *t, uint64 start, uint64 end, int level)
{
    assert(level == t->env->levels - 1 || (start ^ (end - 1)) < pt_leaf_size(level + 1));
    return (int)(PX(level, end - 1) - PX(level, start)) + 1;
}

// Copies to `to` the entries of `from` at `level` that [start, end) touches, so that both trees
// share what is below them. All of the entries are in one table, which `from` has and `to` gets if
// it is missing; the slots of `to` are holes or already equal.
// On error  -ENOMEM; `to` is as it was.
int
pt_share(struct pt *to, const struct pt *from, uint64 start, uint64 end, int level)
{
    int at, n = entries_at(to, start, end, level);
    pte_t pte, *slot;
    const pte_t *source = pt_descend(from, start, level, &at, &pte);
    assert(at == level);
    if ((slot = pt_slot(to, start, level)) == NULL)
        return -ENOMEM;
    for (int i = 0; i < n; i++)
        pte_store(&slot[i], pte_load(&source[i]));
    return 0;
}

// Undoes pt_share() of the same range, if it was done. Tables above `level` stay.
void
pt_unshare(struct pt *t, uint64 start, uint64 end, int level)
{
    int at, n = entries_at(t, start, end, level);
    pte_t pte;
    pte_t *slot = pt_descend(t, start, level, &at, &pte);
    for (int i = 0; at == level && i < n; i++)
        pte_store(&slot[i], 0);
}

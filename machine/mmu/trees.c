// SPDX-License-Identifier: MIT
// trees.c - marks the pages of page tables and follows their changes.
#include "mmu/trees.h"

#include "machine.h"
#include "mmu/contexts.h"
#include "mmu/fetched.h"
#include "mmu/satp.h"

static uint64 *
mask_of(struct machine *m, uint64 pa)
{
    return &m->trees.of_page[(size_t)((pa - m->ram.base) >> PAGE_BITS)];
}

static uint8 *
level_of(struct machine *m, uint64 pa)
{
    return &m->trees.level[(size_t)((pa - m->ram.base) >> PAGE_BITS)];
}

// Takes one tree out of a mask, which is not 0. Returns its number.
static int
next_tree(uint64 *mask)
{
    int n = __builtin_ctzll(*mask);
    *mask &= *mask - 1;
    return n;
}

static uint64
entry_at(const struct machine *m, uint64 pa)
{
    return *(const uint64 *)ram_at(&m->ram, pa);
}

// Marks the page at `pa` as a table of the trees in `mask`, at `level` or below.
static void
mark_page(struct machine *m, uint64 pa, int level, uint64 mask)
{
    *mask_of(m, pa) |= mask;
    *ram_marks(&m->ram, pa) |= RAM_TABLE;
    if (*level_of(m, pa) < level)
        *level_of(m, pa) = (uint8)level;
}

// Marks the table at `pa`, of `level`, and those below it, as tables of the trees in `mask`.
// Returns   whether a global leaf is below. A table with all the bits and the level is not followed
//           again, so that a cycle ends; it counts as having one.
static bool
mark(struct machine *m, uint64 pa, int level, uint64 mask)
{
    if (!ram_has(&m->ram, pa, PAGE_BYTES))
        return false;
    if ((*mask_of(m, pa) & mask) == mask && *level_of(m, pa) >= level)
        return true;
    mark_page(m, pa, level, mask);
    bool global = false;
    for (int i = 0; i < PT_ENTRIES; i++) {
        uint64 pte = entry_at(m, pa + (uint64)i * sizeof(pte_t));
        if (pte_leaf(pte))
            global |= (pte & PTE_G) != 0;
        else if (pte_table(pte) && level > 0)
            global |= mark(m, pte_pa(pte), level - 1, mask);
    }
    return global;
}

// Marks a whole tree and hashes the root entries with global leaves below.
static void
follow(struct machine *m, int n)
{
    struct tree *t = &m->trees.tree[n];
    uint64 bit = (uint64)1 << n;
    mark_page(m, t->root, t->levels - 1, bit);
    t->globals = 0;
    for (unsigned i = 0; i < PT_ENTRIES; i++) {
        uint64 pte = entry_at(m, t->root + i * sizeof(pte_t));
        bool global = pte_leaf(pte) ? (pte & PTE_G) != 0
                                    : pte_table(pte) && mark(m, pte_pa(pte), t->levels - 2, bit);
        if (global)
            t->globals = (t->globals ^ pte ^ i) * 0x9e3779b97f4a7c15ULL;
    }
    contexts_drop_stores(m);
}

// Returns whether some hart remembers the tree as active, and not as dead.
static bool
is_active(const struct machine *m, const struct tree *t)
{
    for (unsigned h = 0; h < m->config.harts; h++) {
        const struct remembered *r = &m->s.hart[h].remembered;
        for (unsigned i = 0; i < r->actives; i++)
            if (!r->active[i].dead && satp_root(r->active[i].satp) == t->root)
                return true;
    }
    return false;
}

// Makes a tree unknown: no page has its bit any more, and no hart trusts its remembered walks of
// it.
static void
forget(struct machine *m, int n)
{
    struct tree *t = &m->trees.tree[n];
    uint64 bit = (uint64)1 << n;
    for (size_t i = 0; i < (size_t)(m->ram.size >> PAGE_BITS); i++) {
        if (!(m->trees.of_page[i] & bit))
            continue;
        m->trees.of_page[i] &= ~bit;
        if (m->trees.of_page[i] != 0)
            continue;
        m->ram.marks[i] &= (uint8)~RAM_TABLE;
        m->trees.level[i] = 0;
    }
    for (unsigned h = 0; h < m->config.harts; h++) {
        struct remembered *r = &m->s.hart[h].remembered;
        for (unsigned i = 0; i < r->actives; i++)
            if (satp_root(r->active[i].satp) == t->root)
                r->active[i].dead = true;
    }
    t->root = 0;
    t->epoch++;
}

int
trees_find(const struct machine *m, uint64 satp)
{
    uint64 root = satp_root(satp);
    int levels = satp_levels(satp);
    for (int n = 0; n < TREES_MAX; n++)
        if (m->trees.tree[n].root == root && m->trees.tree[n].levels == levels)
            return levels == 0 ? -1 : n;
    return -1;
}

// The place for a new tree: a free one, or that of the one activated longest ago.
static int
place(struct machine *m)
{
    int oldest = 0;
    for (int n = 0; n < TREES_MAX; n++) {
        if (m->trees.tree[n].root == 0)
            return n;
        if (m->trees.tree[n].used < m->trees.tree[oldest].used)
            oldest = n;
    }
    forget(m, oldest);
    return oldest;
}

int
trees_learn(struct machine *m, uint64 satp)
{
    uint64 root = satp_root(satp);
    int levels = satp_levels(satp);
    if (levels == 0 || !ram_has(&m->ram, root, PAGE_BYTES))
        return -1;
    int n = trees_find(m, satp);
    bool fresh = n < 0;
    if (fresh) {
        n = place(m);
        m->trees.tree[n].root = root;
        m->trees.tree[n].levels = (uint8)levels;
        m->trees.tree[n].epoch++;
        if (m->config.tlb == TLB_EXACT)
            m->trees.tree[n].born = fetched_begin(m);
        follow(m, n);
    }
    m->trees.tree[n].used = m->s.turns.retired;
    if (fresh)
        contexts_refresh(m); // its place may have been that of a tree in use
    return n;
}

// Returns whether this can be an entry of a page table of this machine.
static bool
plausible(const struct machine *m, uint64 pte)
{
    return !(pte & PTE_V) ||
           (!(pte & PTE_RESERVED) && (pte_leaf(pte) || ram_has(&m->ram, pte_pa(pte), PAGE_BYTES)));
}

// Returns whether one of the trees in `mask` is active.
static bool
any_active(const struct machine *m, uint64 mask)
{
    while (mask != 0)
        if (is_active(m, &m->trees.tree[next_tree(&mask)]))
            return true;
    return false;
}

// An entry of a table above level 0 became `pte`. It may concern any address of its trees.
static void
change_pointers(struct machine *m, uint64 pa, uint64 pte, uint64 mask)
{
    if (pte_table(pte)) {
        mark(m, pte_pa(pte), *level_of(m, pa) - 1, mask);
        contexts_drop_stores(m);
    }
    while (mask != 0) {
        int n = next_tree(&mask);
        m->trees.tree[n].epoch++;
        if (pa - m->trees.tree[n].root < PAGE_BYTES || (pte & PTE_G))
            follow(m, n);
    }
    contexts_refresh(m);
}

// An entry of a table of level 0 became `pte`. It concerns addresses of one page number modulo the
// entries of a table.
static void
change_leaf(struct machine *m, uint64 pa, uint64 pte, uint64 mask)
{
    contexts_drop_page(m, (unsigned)(pa & (PAGE_BYTES - 1)) / sizeof(pte_t), mask);
    if (!(pte & PTE_G))
        return;
    while (mask != 0)
        follow(m, next_tree(&mask));
    contexts_refresh(m);
}

void
trees_store(struct machine *m, unsigned hart, uint64 pa, uint64 was, uint64 is, bool whole)
{
    uint64 mask = *mask_of(m, pa);
    if (!any_active(m, mask) || !whole || !plausible(m, is)) {
        trees_replaced(m, pa);
        return;
    }
    if (was == is)
        return;
    remember_change(m, hart, pa, was, is);
    if (*level_of(m, pa) == 0)
        change_leaf(m, pa, is, mask);
    else
        change_pointers(m, pa, is, mask);
    if (m->config.sharp & SHARP_TABLES)
        turns_sharp(m, hart);
}

void
trees_replaced(struct machine *m, uint64 pa)
{
    uint64 mask = *mask_of(m, pa);
    for (int n = 0; n < TREES_MAX; n++)
        if (mask >> n & 1)
            forget(m, n);
    contexts_refresh(m);
}

void
trees_forget(struct machine *m)
{
    for (int n = 0; n < TREES_MAX; n++)
        if (m->trees.tree[n].root != 0)
            forget(m, n);
    contexts_refresh(m);
}

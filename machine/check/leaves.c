// SPDX-License-Identifier: MIT
// leaves.c - visits all tables and leaves of a tree of page tables, as memory has it.
#include "check/leaves.h"

#include "machine.h"

#define TABLES_MAX 4096 // of one tree: a larger one is no tree

struct trip {
    const struct machine *m;
    const struct visitor *to;
    unsigned tables;
};

static unsigned
shift_of(int level)
{
    return PAGE_BITS + 9 * (unsigned)level;
}

static uint64
canonical(uint64 va, int levels)
{
    unsigned bits = shift_of(levels);
    return va >> (bits - 1) & 1 ? va | ~0ULL << bits : va;
}

// Returns whether the valid entry breaks a rule for every kind of access.
static bool
refused(uint64 pte, int level)
{
    if ((pte & PTE_RESERVED) || (pte & (PTE_R | PTE_W)) == PTE_W)
        return true;
    if (pte_leaf(pte))
        return pte_pa(pte) & (pt_leaf_size(level) - 1);
    return level == 0 || (pte & (PTE_A | PTE_D | PTE_U));
}

#define TOGETHER 8 // entries; most of a tree is empty

static bool
none_valid(const uint64 *entry)
{
    uint64 any = 0;
    for (unsigned i = 0; i < TOGETHER; i++)
        any |= entry[i];
    return !(any & PTE_V);
}

static void
visit(struct trip *t, uint64 table, uint64 slot, int level, int levels, uint64 va, unsigned entries)
{
    if (!ram_has(&t->m->ram, table, PAGE_BYTES) || t->tables >= TABLES_MAX)
        return;
    t->tables++;
    if (t->to->table != NULL)
        t->to->table(t->to->arg, table, level, slot);
    const uint64 *entry = (const uint64 *)ram_at(&t->m->ram, table);
    for (unsigned i = 0; i < entries; i++) {
        if (i % TOGETHER == 0 && i + TOGETHER <= entries && none_valid(entry + i))
            i += TOGETHER - 1;
        if (!(entry[i] & PTE_V))
            continue;
        uint64 here = va | (uint64)i << shift_of(level);
        struct leaf leaf = {canonical(here, levels), entry[i], table + i * sizeof(pte_t), level};
        if (t->to->refused != NULL && refused(entry[i], level))
            t->to->refused(t->to->arg, &leaf);
        if (t->to->entry != NULL)
            t->to->entry(t->to->arg, &leaf);
        if (pte_leaf(entry[i]) && t->to->leaf != NULL)
            t->to->leaf(t->to->arg, &leaf);
        if (!pte_leaf(entry[i]) && level > 0)
            visit(t, pte_pa(entry[i]), leaf.slot, level - 1, levels, here, PT_ENTRIES);
    }
}

unsigned
leaves_visit(const struct machine *m, uint64 root, int levels, const struct visitor *to)
{
    struct trip t = {m, to, 0};
    if (levels != 0)
        visit(&t, root, 0, levels - 1, levels, 0, PT_ENTRIES);
    return t.tables;
}

void
leaves_below(const struct machine *m, uint64 root, uint64 top, const struct visitor *to)
{
    struct trip t = {m, to, 0};
    visit(&t, root, 0, PT_MIN_LEVELS - 1, PT_MIN_LEVELS, 0, (unsigned)(top >> shift_of(2)));
}

bool
leaves_find(const struct machine *m, uint64 root, int levels, uint64 va, struct leaf *out)
{
    *out = (struct leaf){.va = va};
    for (int level = levels - 1; level >= 0; level--) {
        out->slot = root + (va >> shift_of(level) & (PT_ENTRIES - 1)) * sizeof(pte_t);
        out->level = level;
        if (!ram_has(&m->ram, out->slot, sizeof(pte_t)))
            return false;
        out->pte = *(const uint64 *)ram_at(&m->ram, out->slot);
        if (!(out->pte & PTE_V) || pte_leaf(out->pte))
            return (out->pte & PTE_V) != 0;
        root = pte_pa(out->pte);
    }
    return false;
}

void
leaf_mapped_by(struct report *r, const struct leaf *leaf)
{
    *report_since(r, WORD_NONE) =
        (struct fact){.word = WORD_MAPPED_BY, .arg = {leaf->pte}, .stored = leaf->slot};
}

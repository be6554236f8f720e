// SPDX-License-Identifier: MIT
// leaves.c - the mappings of a tree of page tables, in ranges.
#include "host/leaves.h"

#include <stdlib.h>

#include "mmu/satp.h"

#define NOT_ALIKE (PTE_A | PTE_D)

// The address with the upper bits that the mode asks for.
static uint64
canonical(uint64 va, int levels)
{
    int unused = 64 - PXSHIFT(levels);
    return (uint64)((int64)(va << unused) >> unused);
}

static void
each(const struct machine *m, uint64 table, uint64 base, int level, int levels, tree_visit visit,
     void *arg)
{
    if (!ram_has(&m->ram, table, PAGE_BYTES))
        return;
    const pte_t *entry = (const pte_t *)ram_at(&m->ram, table);
    for (uint64 i = 0; i < PT_ENTRIES; i++) {
        struct tree_entry e = {canonical(base | i << PXSHIFT(level), levels), table + 8 * i,
                               entry[i], level};
        if (!pte_valid(e.pte))
            continue;
        visit(arg, &e);
        if (pte_table(e.pte) && level > 0)
            each(m, pte_pa(e.pte), base | i << PXSHIFT(level), level - 1, levels, visit, arg);
    }
}

void
tree_each(const struct machine *m, uint64 satp, tree_visit visit, void *arg)
{
    int levels = satp_levels(satp);
    if (levels != 0)
        each(m, satp_root(satp), 0, levels - 1, levels, visit, arg);
}

static bool
continues(const struct range *r, const struct tree_entry *e)
{
    return e->va == r->va + r->bytes && pte_pa(e->pte) == r->pa + r->bytes &&
           e->level == r->level && ((pte_flags(e->pte) ^ r->flags) & ~NOT_ALIKE) == 0;
}

static void
add_leaf(void *arg, const struct tree_entry *e)
{
    struct ranges *s = arg;
    uint64 bytes = PGSIZE << (9 * e->level);
    if (!pte_leaf(e->pte))
        return;
    if (s->count > 0 && continues(&s->of[s->count - 1], e)) {
        s->of[s->count - 1].bytes += bytes;
        s->of[s->count - 1].flags |= pte_flags(e->pte);
        return;
    }
    if (s->count == s->room) {
        size_t room = s->room ? 2 * s->room : 64;
        struct range *more = realloc(s->of, room * sizeof(*more));
        if (more == NULL)
            return;
        s->of = more;
        s->room = room;
    }
    s->of[s->count++] = (struct range){e->va, bytes, pte_pa(e->pte), pte_flags(e->pte), e->level};
}

struct ranges
ranges_of(const struct machine *m, uint64 satp)
{
    struct ranges s = {NULL, 0, 0};
    tree_each(m, satp, add_leaf, &s);
    return s;
}

struct flag_text
flag_text(pte_t pte)
{
    struct flag_text f;
    for (int i = 0; i < 8; i++)
        f.text[i] = (pte >> i & 1) ? "vrwxugad"[i] : '-';
    f.text[8] = '\0';
    return f;
}

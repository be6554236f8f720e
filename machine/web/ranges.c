// SPDX-License-Identifier: MIT
// ranges.c - the mappings of an address space, in ranges.
//
// Theory    Neighbouring leaves of one level and with equal flags, but for A and D, are one range.
//           An entry with V = 0 and RSW1 = 1 that leads to a page of RAM is a deferred copy of a
//           table, as Vitrine has them after a fork; the caller says if the kernel has them.
#include "mmu/satp.h"
#include "web/software.h"
#include "web/web.h"

#define RANGE_DEFERRED ((uint64)1 << 10)
#define AD             (PTE_A | PTE_D)

struct range {
    uint64 start, end; // [start, end)
    uint64 flags;      // of the leaves; A and D if any has it; RANGE_DEFERRED
    uint64 level;
    uint64 pa;       // of the first leaf
    uint64 in_order; // the frames follow one another
};

struct listing {
    const struct machine *m;
    struct range *range;
    uint32 count, max, tables;
    int levels;
    bool deferred;
};

EXPORT uint32 web_ranges(const struct machine *m, uint64 satp, bool deferred, struct range *out,
                         uint32 max, uint32 *tables);

EXPORT bool web_find(const struct machine *m, uint64 satp, uint64 pa, uint64 *out);

static bool
joins(const struct range *r, const struct range *next)
{
    return r->end == next->start && r->level == next->level &&
           ((r->flags ^ next->flags) & ~AD) == 0;
}

static void
add(struct listing *l, const struct range *next)
{
    struct range *last = l->count > 0 ? &l->range[l->count - 1] : NULL;
    if (last != NULL && joins(last, next)) {
        last->in_order &= next->pa == last->pa + (last->end - last->start);
        last->end = next->end;
        last->flags |= next->flags & AD;
    } else if (l->count < l->max) {
        l->range[l->count++] = *next;
    }
}

static bool
leads_on(const struct listing *l, uint64 pte, int level)
{
    bool deferred = l->deferred && pte_deferred(pte);
    return level > 0 && (pte_table(pte) || deferred) && ram_has(&l->m->ram, pte_pa(pte), PGSIZE);
}

// The addresses above the lower half are the highest ones.
static uint64
extend(const struct listing *l, uint64 va)
{
    return va & pt_half(l->levels) ? va | ~(2 * pt_half(l->levels) - 1) : va;
}

static void
visit(struct listing *l, uint64 table, int level, uint64 va, uint64 marks)
{
    l->tables++;
    for (uint64 i = 0; i < PT_ENTRIES; i++) {
        uint64 pte = web_entry_at(l->m, table + i * sizeof(pte_t));
        uint64 start = extend(l, va + i * pt_leaf_size(level));
        uint64 below = marks | (pte_deferred(pte) ? RANGE_DEFERRED : 0);
        if (leads_on(l, pte, level))
            visit(l, pte_pa(pte), level - 1, start, below);
        else if (pte_leaf(pte))
            add(l, &(struct range){start, start + pt_leaf_size(level), pte_flags(pte) | marks,
                                   (uint64)level, pte_pa(pte), 1});
    }
}

// Lists the ranges of a tree in the order of addresses: struct range. Returns how many there are,
// at most `max`; *tables is how many pages its tables take.
uint32
web_ranges(const struct machine *m, uint64 satp, bool deferred, struct range *out, uint32 max,
           uint32 *tables)
{
    struct listing l = {m, out, 0, max, 0, satp_levels(satp), deferred};
    uint64 root = satp_root(satp);
    if (l.levels != 0 && ram_has(&m->ram, root, PGSIZE))
        visit(&l, root, l.levels - 1, 0, 0);
    *tables = l.tables;
    return l.count;
}

// Looks for the entry at `pa` below a table.
static bool
search(struct listing *l, uint64 table, int level, uint64 va, uint64 pa, uint64 *found)
{
    *found = extend(l, va + (pa - table) / sizeof(pte_t) * pt_leaf_size(level));
    if (pa - table < PGSIZE)
        return true;
    for (uint64 i = 0; i < PT_ENTRIES; i++) {
        uint64 pte = web_entry_at(l->m, table + i * sizeof(pte_t));
        uint64 start = extend(l, va + i * pt_leaf_size(level));
        if (leads_on(l, pte, level) && search(l, pte_pa(pte), level - 1, start, pa, found))
            return true;
    }
    return false;
}

bool
web_address_of(const struct machine *m, uint64 satp, uint64 pa, uint64 *va)
{
    struct listing l = {.m = m, .levels = satp_levels(satp), .deferred = true};
    uint64 root = satp_root(satp);
    return l.levels != 0 && ram_has(&m->ram, root, PGSIZE) &&
           search(&l, root, l.levels - 1, 0, pa, va);
}

// As web_address_of(), for the page.
bool
web_find(const struct machine *m, uint64 satp, uint64 pa, uint64 *out)
{
    return web_address_of(m, satp, pa, out);
}

// SPDX-License-Identifier: MIT
// entries.c - changes of entries of user programs' page tables, for other checks.
//
// Theory    The machine follows the trees that a hart may use (mmu/trees.h). But a kernel that has
//           its own table in satp changes the tables of processes as well. So this check follows a
//           process's tree from the first return to user mode with it. A page of the tree is
//           followed until it is freed, or allocated again.
#include "check/entries.h"

#include "check/leaves.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/frames.h"

struct entries_watch {
    uint8 *level; // of each page of RAM: 1 + the level of the table that it is, or 0
};

static uint8 *
level_of(struct machine *m, uint64 pa)
{
    struct entries_watch *w = SIGHT_STATE(m, entries, struct entries_watch);
    return &w->level[(size_t)((pa - m->ram.base) >> PAGE_BITS)];
}

static void
table_found(void *arg, uint64 pa, int level, uint64 slot)
{
    struct machine *m = arg;
    (void)slot;
    *level_of(m, pa) = (uint8)(level + 1);
    sight_watch(m, CHECK_entries, pa, WATCH_STORES);
}

static void
leaf_found(void *arg, const struct leaf *leaf)
{
    (void)arg;
    (void)leaf;
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    const struct hart *h = &m->s.hart[hart];
    uint64 root = satp_root(h->satp);
    int levels = satp_levels(h->satp);
    struct visitor to = {.table = table_found, .leaf = leaf_found, .arg = m};
    if (supervisor && h->mode == MODE_U && levels != 0 && ram_has(&m->ram, root, PAGE_BYTES) &&
        *level_of(m, root) != levels)
        leaves_visit(m, root, levels, &to);
}

// Ends the watch of a page that is no table any more.
static void
forget(struct machine *m, uint64 pa)
{
    *level_of(m, pa) = 0;
    sight_watch(m, CHECK_entries, pa, 0);
}

// The allocator has given a page out. If it still counts as a table, it was freed without a fill
// that would have shown it.
static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    unsigned pages = c->what == KNOWN_SUPERALLOC ? PT_ENTRIES : 1;
    for (uint64 pa = result; pages > 0; pages--, pa += PAGE_BYTES)
        if (ram_has(&m->ram, pa, PAGE_BYTES) && *level_of(m, pa) != 0)
            forget(m, pa);
}

// Returns whether the store shows that the page is no table: the page is free, or the store is not
// of 8 bytes. Where the allocator is not known, a store with reserved bits, or of the value already
// there, shows it too.
static bool
no_table(const struct frame *f, int bytes, uint64 was, uint64 value)
{
    if (f == NULL || f->state == FRAME_UNKNOWN)
        return bytes != 8 || value == was || (value & PTE_RESERVED);
    return bytes != 8 || f->freeing || f->state == FRAME_FREE;
}

static void
store(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value)
{
    uint64 slot = pa & ~7ULL, was = *(const uint64 *)ram_at(&m->ram, slot);
    uint8 level = *level_of(m, pa);
    const struct frame *f = frames_at(m, pa);
    struct visitor to = {.table = table_found, .leaf = leaf_found, .arg = m};
    if (level == 0 || no_table(f, bytes, was, value)) {
        forget(m, pa);
        return;
    }
    if (level > 1 && pte_table(value) && ram_has(&m->ram, pte_pa(value), PAGE_BYTES))
        leaves_visit(m, pte_pa(value), level - 1, &to);
    cow_entry(m, hart, slot, was, value);
    entryraces_entry(m, hart, slot, was, value);
    releases_entry(m, hart, slot, value);
    dropped_entry(m, hart, level - 1, slot, value);
}

static bool
start(struct machine *m)
{
    struct entries_watch *w = SIGHT_STATE(m, entries, struct entries_watch);
    w->level = sight_alloc(m, m->ram.size >> PAGE_BITS);
    return w->level != NULL;
}

const struct check entries_check = {
    .name = "entries",
    .bytes = sizeof(struct entries_watch),
    .returns = KNOWN_BIT(KALLOC) | KNOWN_BIT(SUPERALLOC),
    .start = start,
    .returned = returned,
    .trap_return = trap_return,
    .store = store,
};

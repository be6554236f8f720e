// SPDX-License-Identifier: MIT
// late.c - see late.h.
#include "mmu/late.h"

#include "mm/frame/frame.h"
#include "mmu/hart.h"
#include "pt/slot.h"
#include "rv/cpu.h"

#define PAUSES 300 // stores from one pause to the next
#define DEPTH  12  // stores that are kept for the slots of one index, of all tables
#define FRAMES (1 << 14)

static struct store {
    const pte_t *slot;
    pte_t before;
    uint64 when;
    uint32 seen; // harts that have fenced this very address
} stores[PT_ENTRIES][DEPTH];

static uint64 now = 1;                     // counts stores
static uint64 fenced[MAXHART][LATE_ASIDS]; // the last store that the hart sees under an identifier
static uint64 fenced_all[MAXHART];         // as fenced[], for all identifiers and global entries
static uint64 linked[FRAMES];              // when a table began to be one

static uint64
index_of(const pte_t *slot)
{
    return (uint64)slot / sizeof *slot % PT_ENTRIES;
}

static uint64 *
linked_at(uint64 pa)
{
    return &linked[(uint64)(frame_of(pa) - frame_map.ledger) % FRAMES];
}

void
late_store(const pte_t *slot, pte_t pte)
{
    struct store *all = stores[index_of(slot)], *oldest = all;
    if (model_rnd(PAUSES) == 0)
        model_pause(); // others that lead to the same table, or the same frames, get further
    now++;
    for (struct store *s = all; s < all + DEPTH; s++)
        oldest = s->when < oldest->when ? s : oldest;
    *oldest = (struct store){slot, *slot, now, 0};
    if (pte_table(pte) && frame_managed(pte_pa(pte)))
        *linked_at(pte_pa(pte)) = now;
}

void
late_fence(int hart, uint64 asid)
{
    fenced[hart][asid % LATE_ASIDS] = now;
}

void
late_fence_all(int hart)
{
    fenced_all[hart] = now;
}

void
late_fence_page(int hart, uint64 va, int top)
{
    for (int level = 0; level < top; level++)
        for (struct store *s = stores[PX(level, va)]; s < stores[PX(level, va) + 1]; s++)
            if (s->slot && (level == 0 || pte_leaf(s->before) || pte_leaf(*s->slot)))
                s->seen |= 1U << hart;
}

void
late_values(int hart, const pte_t *slot, uint64 asid, bool global,
            void (*seen)(pte_t pte, void *arg), void *arg)
{
    uint64 since = fenced_all[hart], own = fenced[hart][asid % LATE_ASIDS];
    uint64 born = *linked_at(v2p(slot));
    since = !global && own > since ? own : since;
    since = born > since ? born : since;
    const struct store *all = stores[index_of(slot)];
    for (const struct store *s = all; s < all + DEPTH; s++)
        if (s->slot == slot && s->when > since && !(s->seen >> hart & 1))
            seen(s->before, arg);
}

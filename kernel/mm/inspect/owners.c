// SPDX-License-Identifier: MIT
// owners.c - sums up the ledger of frames by kind and owner.
//
// Theory    One pass over the ledger, allocation by allocation, into a hash table of lines. The
//           first PGK_KINDS lines are for owners that find the table full.
// Locks     none: changes by others may be seen or not. Exact at rest.
#include "mm/inspect/owners.h"

#include "lib/string.h"
#include "mm/frame/buddy.h"
#include "mm/frame/frame.h"

#define SLOTS NELEM(((struct owners *)0)->slot)

_Static_assert((int)PGK_KINDS == (int)FRAME_KINDS && (int)PGK_FREE == (int)FRAME_FREE &&
                   (int)PGK_PGTABLE == (int)FRAME_PGTABLE && (int)PGK_USER == (int)FRAME_USER &&
                   (int)PGK_CACHE == (int)FRAME_CACHE && (int)PGK_KSTACK == (int)FRAME_KSTACK &&
                   (int)PGK_SLAB == (int)FRAME_SLAB && (int)PGK_DMA == (int)FRAME_DMA,
               "the kinds of the ABI are those of the ledger");

static struct ledgerline *
line_of(struct owners *o, uint32 kind, uint32 owner)
{
    uint32 hash = (owner * 2654435761U + kind * 40503U) % SLOTS;
    for (; o->slot[hash]; hash = (hash + 1) % SLOTS) {
        struct ledgerline *line = &o->line[o->slot[hash] - 1];
        if (line->kind == kind && line->owner == owner)
            return line;
    }
    if (o->n == OWNERS_MAX)
        return &o->line[kind];
    o->line[o->n] = (struct ledgerline){.kind = kind, .owner = owner};
    o->slot[hash] = (uint16)++o->n;
    return &o->line[o->n - 1];
}

// Free frames have no owner; for a slab or a reserved frame the number means nothing.
static uint32
owner_of(const struct frame *f)
{
    return f->kind == FRAME_FREE || f->kind == FRAME_RESERVED || f->kind == FRAME_SLAB ? 0
                                                                                       : f->owner;
}

// Reads the whole ledger and sums it up in *o.
// Returns   the number of lines.
// Locks     none: harts that allocate meanwhile may be counted before or after.
int
owners_collect(struct owners *o)
{
    const struct frame *f = frame_of(frame_map.start), *end = f + (frame_map.size >> PGSHIFT);
    memset(o, 0, sizeof *o);
    for (o->n = 0; o->n < PGK_KINDS; o->n++)
        o->line[o->n] = (struct ledgerline){.kind = (uint32)o->n, .owner = LEDGER_OTHERS};
    while (f < end) {
        uint64 n = 1UL << (f->order & ~BUDDY_FREE); // the first entry speaks for all
        line_of(o, f->kind, owner_of(f))->frames += n;
        f += n;
    }
    return o->n;
}

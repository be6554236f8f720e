// SPDX-License-Identifier: MIT
// ledger.c - prints who has the memory.
//
// Theory    Owners are numbers whose meaning depends on the kind: a pid for user memory, an inode
//           number for cached pages. They are summed up in a table of fixed size, so that memory
//           can be accounted for when there is none; owners that find no room are counted together.
// Locks     none: what others change meanwhile may be seen before or after.
#include "debug/ledger.h"

#include "lib/printf.h"
#include "mm/buddy.h"
#include "mm/ledger.h"

#define OWNERS 24

struct owner {
    uint32 id;
    uint64 frames;
};

struct owners {
    struct owner owner[OWNERS];
    uint32 count;
    uint64 others;
};

static void
owners_add(struct owners *o, uint32 id, uint64 n)
{
    uint32 i = 0;
    while (i < o->count && o->owner[i].id != id)
        i++;
    if (i == OWNERS) {
        o->others += n;
        return;
    }
    if (i == o->count)
        o->owner[o->count++] = (struct owner){id, 0};
    o->owner[i].frames += n;
}

static void
owners_collect(struct owners *o, enum frame_kind kind)
{
    struct frame *f = frame_of(frames.start), *end = f + frames_total();
    *o = (struct owners){.count = 0};
    while (f < end) {
        uint64 n = 1UL << (f->order & ~BUDDY_FREE); // a block speaks through its first entry
        if (f->kind == kind)
            owners_add(o, f->owner, n);
        f += n;
    }
}

static void
owners_print(const struct owners *o)
{
    for (uint32 i = 0; i < o->count; i++)
        printf(" %u:%lu", o->owner[i].id, o->owner[i].frames);
    if (o->others > 0)
        printf(" others:%lu", o->others);
}

static bool
has_owners(enum frame_kind kind)
{
    return kind != FRAME_FREE && kind != FRAME_RESERVED && kind != FRAME_SLAB;
}

void
ledger_print(void)
{
    struct ledger_totals t = ledger_totals();
    printf("frames by kind (owner:frames)\n");
    for (enum frame_kind k = FRAME_FREE; k < FRAME_KINDS; k++) {
        struct owners o;
        if (t.count[k] == 0)
            continue;
        printf("  %-10s %8lu", frame_kind_name(k), t.count[k]);
        if (has_owners(k)) {
            owners_collect(&o, k);
            owners_print(&o);
        }
        printf("\n");
    }
}

struct ledger_totals
ledger_totals(void)
{
    struct ledger_totals t;
    frames_by_kind(t.count);
    return t;
}

bool
ledger_same(const struct ledger_totals *before, const struct ledger_totals *now)
{
    bool same = true;
    for (enum frame_kind k = FRAME_FREE; k < FRAME_KINDS; k++) {
        if (before->count[k] == now->count[k])
            continue;
        printf("ledger: %s: %lu frames, then %lu\n", frame_kind_name(k), before->count[k],
               now->count[k]);
        same = false;
    }
    return same;
}

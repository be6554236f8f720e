// SPDX-License-Identifier: MIT
// entryraces.c - two harts store to one page table entry, in no order (--races).
//
// Theory    Only one hart at a time may change an entry: the one that runs the process, or that
//           holds the lock of its tree. If two harts store to one entry, and no lock orders the
//           stores (check/races.c), one store may undo the other. A page that is freed and
//           allocated anew passes through the allocator's lock, which orders the stores.
// Promises  silence: as in check/races.c, stores that are ordered are never reported.
#include "check/entries.h"
#include "check/races.h"
#include "machine.h"
#include "sight/check.h"

#define SLOTS 8192 // a power of two

// The last store to an entry.
struct entry_store {
    uint64 slot; // 0: none
    uint32 clock;
    struct moment moment;
};

struct entryraces {
    struct entry_store *of;
};

static void
tell(struct machine *m, unsigned hart, const struct entry_store *e, uint64 was, uint64 is)
{
    struct report r;
    report_begin(m, &r, REPORT_RACE, hart, 0);
    r.site = moment_pc(m, &r.moment, 0);
    r.what =
        (struct fact){.word = WORD_RACE_ENTRY,
                      .arg = {e->slot, r.site, hart, e->moment.hart, moment_pc(m, &e->moment, 0)},
                      .moment = r.moment};
    struct fact *f = report_since(&r, WORD_RACE_ENTRY_OTHER);
    f->arg[0] = was;
    f->arg[1] = is;
    f->moment = e->moment;
    r.rule.word = WORD_RACE_ENTRY_RULE;
    r.todo.word = WORD_RACE_ENTRY_DO;
    report_send(m, &r);
}

void
entryraces_entry(struct machine *m, unsigned hart, uint64 slot, uint64 was, uint64 is)
{
    struct entryraces *w = SIGHT_STATE(m, entryraces, struct entryraces);
    if (w->of == NULL || was == is)
        return;
    struct entry_store *e = &w->of[(uint32)(slot >> 3) % SLOTS];
    if (e->slot == slot && e->moment.hart != hart &&
        !races_ordered(m, hart, e->moment.hart, e->clock))
        tell(m, hart, e, was, is);
    e->slot = slot;
    e->clock = races_clock(m, hart);
    moment_now(m, hart, &e->moment);
}

static bool
start(struct machine *m)
{
    struct entryraces *w = SIGHT_STATE(m, entryraces, struct entryraces);
    if (!races_on(m))
        return false;
    w->of = sight_alloc(m, SLOTS * sizeof(w->of[0]));
    return w->of != NULL;
}

const struct check entryraces_check = {
    .name = "entryraces",
    .bytes = sizeof(struct entryraces),
    .start = start,
};

// SPDX-License-Identifier: MIT
// deadlock.c - harts that wait for each other's spinlocks.
//
// Theory    A hart in acquire() waits for the hart that holds the lock. If that hart waits in
//           acquire(), too, and so on, back to the first hart, none of them ever goes on. The last
//           call of acquire() closes the ring, so each call looks for one.
// Promises  silence: memory, too, says that each lock of the ring is taken.
#include "check/locktable.h"

#include "machine.h"
#include "sight/check.h"

// Returns the hart that holds the lock for which this hart waits, or -1.
static int
next(const struct machine *m, struct locktable *t, int hart)
{
    uint64 wants = t->hart[hart].wants;
    int holder = wants != 0 ? locktable_holder(t, wants) : -1;
    return holder >= 0 && holder != hart && locktable_owns(m, (unsigned)holder, wants) ? holder
                                                                                       : -1;
}

// Returns whether the hart waits, by way of other harts, for itself.
static bool
ring(const struct machine *m, struct locktable *t, int first)
{
    int hart = next(m, t, first);
    for (int i = 0; i < HARTS_MAX && hart >= 0; i++) {
        if (hart == first)
            return true;
        hart = next(m, t, hart);
    }
    return false;
}

static void
tell(struct machine *m, struct locktable *t, int first)
{
    const struct hart_locks *h = &t->hart[first];
    struct report r;
    int hart = first;
    report_begin(m, &r, REPORT_DEADLOCK, (unsigned)first, moment_pc(m, &h->wanted, 0));
    int holder = next(m, t, first);
    r.what = (struct fact){.word = WORD_DEADLOCK,
                           .arg = {h->wants, (uint64)first, (uint64)holder, t->hart[holder].wants},
                           .moment = h->wanted};
    do {
        uint64 wants = t->hart[hart].wants;
        holder = next(m, t, hart);
        struct fact *f = report_since(&r, WORD_RING_WANTS);
        f->arg[0] = wants;
        f->moment = t->hart[hart].wanted;
        f = report_since(&r, WORD_RING_HOLDS);
        f->arg[0] = wants;
        f->moment = locktable_held(t, (unsigned)holder, wants)->since;
        hart = holder;
    } while (hart != first);
    r.rule.word = WORD_RING_RULE;
    r.todo.word = WORD_RING_DO;
    r.fatal = true;
    report_send(m, &r);
}

static void
called(struct machine *m, const struct call *c)
{
    struct locktable *t = locktable(m);
    if (!t->over && ring(m, t, (int)c->hart))
        tell(m, t, (int)c->hart);
}

static bool
start(struct machine *m)
{
    return locktable(m) != NULL;
}

const struct check deadlock_check = {
    .name = "deadlock",
    .calls = KNOWN_BIT(ACQUIRE),
    .start = start,
    .called = called,
};

// SPDX-License-Identifier: MIT
// unlocked.c - lists of kalloc() and counts of buffers that two harts change with no lock in
//              common (--races).
//
// Theory    Other locks may happen to order the two changes in this run, so that races.c finds no
//           race. A word of these two kinds needs a lock that both harts hold: the head of a list
//           of free pages, changed inside kalloc() or kfree(), and refcnt of a buffer that is in
//           use. If only one of the two held locks, the other one is guilty. If both did, the lock
//           that lies nearest to the word is the right one.
// Promises  silence: changes before the first process, by atomic instructions, and with sleep locks
//           held at both do not count. A count that rises from 0 may be of a buffer that no other
//           hart finds yet: it only shows which lock others need.
// Next      check/races.h, check/counters.c
#include "check/unlocked.h"

#include "check/buffers.h"
#include "check/locktable.h"
#include "check/races.h"
#include "check/sleeplocks.h"
#include "machine.h"
#include "sight/check.h"

#define WORDS 256 // a power of two
#define LOCKS 4

struct change {
    struct moment moment;
    uint64 lock[LOCKS];    // that were held; 0: none
    bool from_zero, slept; // slept: with a sleep lock held
};

struct unlocked {
    struct {
        uint64 pa;
        struct change last;
    } of[WORDS];
};

static void
take(const struct machine *m, unsigned hart, struct change *c)
{
    const struct hart_locks *h = &locktable(m)->hart[hart];
    moment_now(m, hart, &c->moment);
    for (uint32 i = 0; i < LOCKS && i < h->count; i++)
        c->lock[i] = h->held[h->count - 1 - i].lock;
}

static bool
common(const struct change *a, const struct change *b)
{
    for (unsigned i = 0; i < LOCKS * LOCKS; i++)
        if (a->lock[i / LOCKS] != 0 && a->lock[i / LOCKS] == b->lock[i % LOCKS])
            return true;
    return false;
}

// How far the nearest lock is from the word; ~0: none was held.
static uint64
distance(const struct change *c, uint64 at)
{
    uint64 best = ~0ULL;
    for (unsigned i = 0; i < LOCKS; i++) {
        uint64 d = c->lock[i] < at ? at - c->lock[i] : c->lock[i] - at;
        best = c->lock[i] != 0 && d < best ? d : best;
    }
    return best;
}

static void
tell(struct machine *m, unsigned hart, uint64 pa, const struct change *a, const struct change *b)
{
    bool first = distance(a, pa) > distance(b, pa);
    const struct moment *guilty = first ? &a->moment : &b->moment;
    const struct moment *other = first ? &b->moment : &a->moment;
    struct report r;
    report_begin(m, &r, REPORT_RACE, hart, moment_pc(m, guilty, 0));
    r.moment = *guilty;
    r.what = (struct fact){.word = WORD_RACE_COUNTER,
                           .arg = {pa, r.site, guilty->hart, other->hart, moment_pc(m, other, 0)},
                           .moment = *guilty};
    struct fact *f = report_since(&r, WORD_RACE_UNLOCKED_OTHER);
    f->arg[0] = pa;
    f->moment = *other;
    r.rule.word = WORD_RACE_COUNTER_RULE;
    r.todo = (struct fact){.word = WORD_RACE_COUNTER_DO, .arg = {pa, r.site}};
    report_send(m, &r);
}

// Returns whether the value is the address of a page behind the kernel, or 0.
static bool
is_head(const struct machine *m, uint64 value)
{
    const struct symbols *s = &m->sight->symbols;
    if (value == 0)
        return true;
    for (uint32 i = 0; i < s->segments; i++)
        if (value - s->segment[i].pa < s->segment[i].bytes)
            return false;
    return value % PAGE_BYTES == 0 && ram_has(&m->ram, value, 1);
}

// Returns whether the change is one of the head of a list of free pages.
static bool
of_list(const struct machine *m, unsigned hart, uint64 pa, uint32 value)
{
    return pa % 8 == 0 && is_head(m, value) && is_head(m, *(const uint64 *)ram_at(&m->ram, pa)) &&
           (known_inside(m, hart, KNOWN_KALLOC) != NULL ||
            known_inside(m, hart, KNOWN_KFREE) != NULL);
}

void
unlocked_store(struct machine *m, unsigned hart, uint64 pa, uint32 value)
{
    struct unlocked *w = SIGHT_STATE(m, unlocked, struct unlocked);
    uint32 was = *(const uint32 *)ram_at(&m->ram, pa), i = (uint32)(pa >> 2) % WORDS;
    bool list = !buffers_counts_at(m, pa);
    struct change now = {.from_zero = was == 0}, *last = &w->of[i].last;
    if (!(m->sight->on >> CHECK_unlocked & 1) || (list && !of_list(m, hart, pa, value)))
        return;
    take(m, hart, &now);
    now.slept = sleeplocks_held(m, hart);
    bool known = w->of[i].pa == pa && last->moment.pid > 0 && now.moment.pid > 0;
    bool both = distance(&now, pa) != ~0ULL && distance(last, pa) != ~0ULL;
    bool sure = list || (!last->from_zero && (!now.from_zero || last->lock[0] == 0)) ||
                (!now.from_zero && now.lock[0] == 0);
    if (known && last->moment.hart != hart && sure && !(now.slept && last->slept) &&
        (both || distance(&now, pa) != distance(last, pa)) && !common(&now, last))
        tell(m, hart, pa, &now, last);
    w->of[i].pa = pa;
    *last = now;
}

static bool
start(struct machine *m)
{
    return races_on(m);
}

const struct check unlocked_check = {
    .name = "unlocked",
    .bytes = sizeof(struct unlocked),
    .start = start,
};

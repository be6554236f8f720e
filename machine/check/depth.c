// SPDX-License-Identifier: MIT
// depth.c - functions that return with another noff, the depth of push_off(), than they began with.
//
// Theory    push_off() and acquire() add one to the hart's noff, pop_off() and release() subtract
//           one. A function that releases the locks that it takes returns with the noff that it
//           found, though perhaps on another hart. The innermost function that does not is the
//           guilty one. It is acquire() or release() itself if noff never rises between a call of
//           acquire() and the call of release() that follows, or never falls after that.
// Promises  silence: it looks at noff only while tp, by which xv6 finds its struct cpu, is the
//           number of the hart.
// Next      check/paniclocks.c: sched() that finds noff wrong
#include "check/locktable.h"
#include "machine.h"
#include "sight/check.h"

#define CALLS 64
#define TP    4

// Two calls of acquire() and release() in a row.
struct pairs {
    bool known; // `noff` is that of the last call
    enum known what;
    uint64 noff;
};

struct depth {
    bool told;
    bool raises, lowers; // acquire() was seen to raise noff, and release() to lower it
    uint32 taken, given; // pairs that begin with acquire(), and with release()
    struct pairs last[HARTS_MAX];
    struct {
        uint64 when, noff;
    } call[CALLS]; // at the position of the call
};

static bool
noff_of(const struct machine *m, unsigned hart, uint64 *noff)
{
    return m->s.hart[hart].x[TP] == hart &&
           facts_field(m, facts_cpu(m, hart), FACT_CPU_NOFF, 4, noff);
}

static void
tell(struct machine *m, const struct call *c, uint64 was, uint64 is)
{
    uint64 function = m->sight->known.entry[c->what];
    struct report r;
    report_begin(m, &r, REPORT_DEPTH, c->hart, function);
    r.what =
        (struct fact){.word = WORD_DEPTH, .arg = {function, is, was, c->hart}, .moment = r.moment};
    r.rule.word = WORD_DEPTH_RULE;
    r.todo =
        (struct fact){.word = is > was ? WORD_DEPTH_DO : WORD_DEPTH_DO_LESS, .arg = {function}};
    report_send(m, &r);
}

// Reports acquire() or release(), which leaves noff as it was.
static void
tell_lock(struct machine *m, unsigned hart, enum known guilty)
{
    struct report r;
    SIGHT_STATE(m, depth, struct depth)->told = true;
    report_begin(m, &r, REPORT_DEPTH, hart, m->sight->known.entry[guilty]);
    r.what = (struct fact){.word = WORD_DEPTH_LOCK, .arg = {r.site}, .moment = r.moment};
    r.rule.word = WORD_DEPTH_RULE;
    r.todo.word = WORD_DEPTH_LOCK_DO;
    report_send(m, &r);
}

static void
lock_called(struct machine *m, const struct call *c)
{
    struct depth *d = SIGHT_STATE(m, depth, struct depth);
    struct pairs *last = &d->last[c->hart], now = {.what = c->what};
    if (d->raises && d->lowers)
        return;
    now.known = noff_of(m, c->hart, &now.noff);
    if (now.known && last->known && last->what != c->what) {
        d->raises |= c->what == KNOWN_RELEASE && now.noff > last->noff;
        d->lowers |= c->what == KNOWN_ACQUIRE && now.noff < last->noff;
        d->taken += c->what == KNOWN_RELEASE;
        d->given += c->what == KNOWN_ACQUIRE;
    }
    *last = now;
}

static void
called(struct machine *m, const struct call *c)
{
    struct depth *d = SIGHT_STATE(m, depth, struct depth);
    uint64 noff = 0, offset;
    if (c->what == KNOWN_ACQUIRE || c->what == KNOWN_RELEASE) {
        lock_called(m, c);
        return;
    }
    if (c->what == KNOWN_PANIC) {
        const char *name = symbols_find(&m->sight->symbols, c->ra - 1, &offset);
        if (!d->told && !d->raises && d->taken > 0 && name != NULL && text_has(name, "pop_off"))
            tell_lock(m, c->hart, KNOWN_ACQUIRE);
        return;
    }
    unsigned i = (unsigned)(c->when % CALLS);
    d->call[i].when = noff_of(m, c->hart, &noff) ? c->when : 0;
    d->call[i].noff = noff;
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct depth *d = SIGHT_STATE(m, depth, struct depth);
    unsigned i = (unsigned)(c->when % CALLS);
    uint64 noff;
    (void)result;
    if (d->told || d->call[i].when != c->when || !noff_of(m, c->hart, &noff) ||
        noff == d->call[i].noff)
        return;
    d->told = true;
    if (noff > d->call[i].noff && !d->lowers && d->given > 0)
        tell_lock(m, c->hart, KNOWN_RELEASE);
    else
        tell(m, c, d->call[i].noff, noff);
}

static bool
start(struct machine *m)
{
    return facts_have(m, FACT_BIT(AT_CPUS) | FACT_BIT(CPU_SIZE) | FACT_BIT(CPU_NOFF));
}

#define BALANCED                                                                                   \
    (KNOWN_BIT(KALLOC) | KNOWN_BIT(KFREE) | KNOWN_BIT(SUPERALLOC) | KNOWN_BIT(SUPERFREE) |         \
     KNOWN_BIT(FILEDUP) | KNOWN_BIT(FILECLOSE) | KNOWN_BIT(IDUP) | KNOWN_BIT(IPUT) |               \
     KNOWN_BIT(BEGIN_OP) | KNOWN_BIT(END_OP))

const struct check depth_check = {
    .name = "depth",
    .bytes = sizeof(struct depth),
    .calls = BALANCED | KNOWN_BIT(ACQUIRE) | KNOWN_BIT(RELEASE) | KNOWN_BIT(PANIC),
    .returns = BALANCED,
    .start = start,
    .called = called,
    .returned = returned,
};

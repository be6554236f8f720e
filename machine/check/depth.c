// SPDX-License-Identifier: MIT
// depth.c - functions that return with another noff, the depth of push_off(), than they began with.
//
// Theory    push_off() and acquire() add one to the hart's noff, pop_off() and release() subtract
//           one. A function that releases the locks that it takes returns with the noff that it
//           found, though perhaps on another hart. The innermost function that does not is the
//           guilty one.
// Promises  silence: it looks at noff only while tp, by which xv6 finds its struct cpu, is the
//           number of the hart.
// Next      check/paniclocks.c: sched() that finds noff wrong
#include "machine.h"
#include "sight/check.h"

#define CALLS 64
#define TP    4

struct depth {
    bool told;
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

static void
called(struct machine *m, const struct call *c)
{
    struct depth *d = SIGHT_STATE(m, depth, struct depth);
    uint64 noff = 0;
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
    .calls = BALANCED,
    .returns = BALANCED,
    .start = start,
    .called = called,
    .returned = returned,
};

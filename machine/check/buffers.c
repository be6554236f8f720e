// SPDX-License-Identifier: MIT
// buffers.c - the reference counts of block buffers, compared with the calls that use them.
//
// Theory    bread() and bpin() take a reference, brelse() and bunpin() give it back. When none of
//           these calls is half done, refcnt is the number of those not given back. A count that is
//           too low lets a buffer in use get another block, one that is too high keeps it for ever.
// Promises  silence: calls that have not returned may have changed the count or not. A kernel whose
//           count does not rise in bread() counts in another way; one whose count never falls is
//           told when it panics because no buffer is free. Other functions may take references,
//           too: a call is told only if it has changed the count by another number than it should.
#include "check/buffers.h"

#include "check/locktable.h"
#include "machine.h"

#define BUFFERS 64
#define SHOWN   3 // buffers in the report of a panic

struct buffer {
    uint64 at;       // struct buf
    int held;        // references taken and not given back
    int before;      // its count at the last call
    uint32 changing; // calls of brelse(), bpin() and bunpin() for it that have not returned
    bool crossed;    // ... and others for it have returned meanwhile
    bool pinned;     // the last reference was taken by bpin()
    uint64 block;    // bread() has returned it for that block of that device, as one number
    uint64 taker;
    struct moment taken; // the last one
};

struct buffers {
    struct buffer of[BUFFERS];
    unsigned used;
    uint32 reading; // calls of bread() that have not returned
    bool rises, falls, over;
    bool others; // a buffer was given back that no known function had taken
};

static struct buffers *
state(const struct machine *m)
{
    return SIGHT_STATE(m, buffers, struct buffers);
}

// The record of a buffer, made if there is none. There is room for all, or the check ends.
static struct buffer *
buffer_of(struct buffers *w, uint64 at)
{
    for (unsigned i = 0; i < w->used; i++)
        if (w->of[i].at == at)
            return &w->of[i];
    w->over |= w->used == BUFFERS || at == 0;
    if (w->over)
        return NULL;
    w->of[w->used].at = at;
    return &w->of[w->used++];
}

bool
buffers_counts_at(const struct machine *m, uint64 pa)
{
    const struct buffers *w = state(m);
    uint64 its;
    for (unsigned i = 0; (m->sight->on >> CHECK_buffers & 1) && i < w->used; i++)
        if (symbols_physical(&m->sight->symbols, w->of[i].at + fact(m, FACT_BUF_REFCNT), &its) &&
            its == pa)
            return true;
    return false;
}

static int
count_of(const struct machine *m, const struct buffer *b)
{
    uint64 count = 0;
    (void)facts_field(m, b->at, FACT_BUF_REFCNT, 4, &count);
    return (int)count;
}

static void
tell(struct machine *m, const struct call *c, const struct buffer *b, int count)
{
    struct report r;
    report_begin(m, &r, REPORT_BUFFER, c->hart, m->sight->known.entry[c->what]);
    r.what = (struct fact){.word = WORD_BUFFER_COUNT,
                           .arg = {r.site, b->at, (uint64)count, (uint64)b->held}};
    report_since(&r, WORD_BUFFER_TAKEN)->moment = b->taken;
    r.rule.word = WORD_BUFFER_RULE;
    r.todo = (struct fact){.word = count > b->held ? WORD_BUFFER_DO_LOWER : WORD_BUFFER_DO_RAISE,
                           .arg = {r.site}};
    report_send(m, &r);
}

// A call for the buffer has returned: compares, where no other call may be half done.
static void
judge(struct machine *m, const struct call *c, const struct buffer *b)
{
    struct buffers *w = state(m);
    int count = count_of(m, b);
    bool takes = c->what == KNOWN_BREAD || c->what == KNOWN_BPIN, same = count == b->held;
    if (w->reading != 0 || b->changing != 0)
        return;
    w->rises |= takes && same;
    w->falls |= !takes && same;
    bool right = c->what == KNOWN_BREAD ? count > b->held : count == b->before + (takes ? 1 : -1);
    if (same || right || (w->others && b->crossed) || !w->rises || (count > b->held && !w->falls))
        return;
    tell(m, c, b, count);
    w->over = true; // the counts that follow are no news
}

// bread() has returned a buffer: no other may have the block. A free one does not count: a list
// of free buffers may hold it, where bread() does not look.
static void
look_for_second(struct machine *m, const struct call *c, struct buffer *b)
{
    struct buffers *w = state(m);
    uint64 block = c->arg[0] << 32 | (uint32)c->arg[1], number;
    struct report r;
    b->block = block;
    for (const struct buffer *o = w->of; o < &w->of[w->used]; o++) {
        if (o == b || o->block != block || !facts_field(m, o->at, FACT_BUF_BLOCKNO, 4, &number) ||
            number != (uint32)block || count_of(m, o) == 0)
            continue;
        report_begin(m, &r, REPORT_BUFFER, c->hart, m->sight->known.entry[KNOWN_BREAD]);
        r.what = (struct fact){
            .word = WORD_BUFFER_TWO, .arg = {r.site, number, o->at, b->at}, .moment = r.moment};
        report_since(&r, WORD_BUFFER_TAKEN)->moment = o->taken;
        r.todo.word = WORD_BUFFER_TWO_DO;
        report_send(m, &r);
        w->over = true;
        return;
    }
}

static void
called(struct machine *m, const struct call *c)
{
    struct buffers *w = state(m);
    if (c->what == KNOWN_BREAD) {
        w->reading++;
        return;
    }
    struct buffer *b = buffer_of(w, c->arg[0]);
    if (b == NULL)
        return;
    b->crossed &= b->changing++ != 0;
    b->before = count_of(m, b);
    b->held -= c->what != KNOWN_BPIN;
    w->others |= b->held < 0;
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct buffers *w = state(m);
    bool reads = c->what == KNOWN_BREAD;
    struct buffer *b = buffer_of(w, reads ? result : c->arg[0]);
    w->reading -= reads;
    if (b == NULL)
        return;
    b->changing -= !reads;
    b->crossed |= b->changing != 0;
    if (reads || c->what == KNOWN_BPIN) {
        b->held++;
        b->pinned = !reads;
        moment_now(m, c->hart, &b->taken);
        b->taker = locktable_taker(m, &b->taken, false);
    }
    if (!w->over && reads && facts_have(m, FACT_BIT(BUF_BLOCKNO)))
        look_for_second(m, c, b);
    if (!w->over)
        judge(m, c, b);
}

// --- no buffer is free ---------------------------------------------------------------------------

// Adds the buffers whose last use was longest ago. Returns the first.
static const struct buffer *
add_oldest(const struct machine *m, struct report *r)
{
    const struct buffers *w = state(m);
    const struct buffer *first = NULL, *next;
    uint64 from = 0;
    for (unsigned n = 0; n < SHOWN; n++, from = next->taken.position) {
        next = NULL;
        for (unsigned i = 0; i < w->used; i++)
            if (w->of[i].taken.position > from &&
                (next == NULL || w->of[i].taken.position < next->taken.position))
                next = &w->of[i];
        if (next == NULL)
            break;
        first = first != NULL ? first : next;
        *report_since(r, WORD_NONE) =
            (struct fact){.word = WORD_BUFFER_HELD,
                          .arg = {next->at, (uint64)count_of(m, next), (uint64)next->held},
                          .moment = next->taken};
    }
    return first;
}

bool
buffers_explain(const struct machine *m, const struct call *panic, struct report *r)
{
    const struct buffers *w = state(m);
    bool on = m->sight->on >> CHECK_buffers & 1;
    if (!on || w->others || w->used == 0 || known_inside(m, panic->hart, KNOWN_BREAD) == NULL)
        return false;
    for (unsigned i = 0; i < w->used; i++)
        if (count_of(m, &w->of[i]) == 0)
            return false;
    const struct buffer *b = add_oldest(m, r);
    if (b == NULL)
        return false;
    r->what =
        (struct fact){.word = WORD_BUFFER_NONE, .arg = {panic->arg[0], panic->ra - 1, w->used}};
    r->rule.word = WORD_BUFFER_RULE;
    if (count_of(m, b) > b->held)
        r->todo =
            (struct fact){.word = WORD_BUFFER_DO_LOWER,
                          .arg = {m->sight->known.entry[b->pinned ? KNOWN_BUNPIN : KNOWN_BRELSE]}};
    else
        r->todo = (struct fact){.word = b->pinned ? WORD_BUFFER_DO_UNPIN : WORD_BUFFER_DO_RELEASE,
                                .arg = {b->taker}};
    return true;
}

static bool
start(struct machine *m)
{
    return known_has(m, KNOWN_BREAD) && known_has(m, KNOWN_BRELSE) && known_has(m, KNOWN_BPIN) &&
           known_has(m, KNOWN_BUNPIN) && facts_have(m, FACT_BIT(BUF_REFCNT));
}

#define CALLS (KNOWN_BIT(BREAD) | KNOWN_BIT(BRELSE) | KNOWN_BIT(BPIN) | KNOWN_BIT(BUNPIN))

const struct check buffers_check = {
    .name = "buffers",
    .bytes = sizeof(struct buffers),
    .calls = CALLS,
    .returns = CALLS,
    .start = start,
    .called = called,
    .returned = returned,
};

// SPDX-License-Identifier: MIT
// shrunk.c - uvmdealloc() that unmaps a page which the process keeps.
//
// Theory    The page that holds the last byte below the new size is still in use. If it is mapped
//           when uvmdealloc() is called, it must be mapped when uvmdealloc() returns.
#include "check/explain.h"
#include "check/leaves.h"
#include "machine.h"
#include "sight/check.h"

#define CALLS 16

struct shrunk {
    struct {
        uint64 when;
        struct leaf last; // the page that stays
    } call[CALLS];        // at the position of the call
};

// Returns the last page of the new size.
static uint64
last_page(const struct call *c)
{
    return (c->arg[2] - 1) & ~(PAGE_BYTES - 1);
}

static void
called(struct machine *m, const struct call *c)
{
    struct shrunk *w = SIGHT_STATE(m, shrunk, struct shrunk);
    unsigned i = (unsigned)(c->when % CALLS);
    w->call[i].when = 0;
    if (c->arg[2] != 0 && c->arg[2] < c->arg[1] && ram_has(&m->ram, c->arg[0], PAGE_BYTES) &&
        leaves_find(m, c->arg[0], PT_MIN_LEVELS, last_page(c), &w->call[i].last))
        w->call[i].when = c->when;
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct shrunk *w = SIGHT_STATE(m, shrunk, struct shrunk);
    unsigned i = (unsigned)(c->when % CALLS);
    uint64 function = m->sight->known.entry[KNOWN_UVMDEALLOC];
    struct leaf leaf;
    struct report r;
    (void)result;
    if (w->call[i].when != c->when || leaves_find(m, c->arg[0], PT_MIN_LEVELS, last_page(c), &leaf))
        return;
    report_begin(m, &r, REPORT_SHRUNK, c->hart, function);
    r.what = (struct fact){
        .word = WORD_SHRUNK, .arg = {function, last_page(c), c->arg[2]}, .moment = r.moment};
    explain_entry(&r, w->call[i].last.slot, 0);
    r.todo.word = WORD_SHRUNK_DO;
    report_send(m, &r);
}

const struct check shrunk_check = {
    .name = "shrunk",
    .bytes = sizeof(struct shrunk),
    .calls = KNOWN_BIT(UVMDEALLOC),
    .returns = KNOWN_BIT(UVMDEALLOC),
    .called = called,
    .returned = returned,
};

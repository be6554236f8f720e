// SPDX-License-Identifier: MIT
// shrunk.c - uvmdealloc() that unmaps a page which the process keeps, and functions that change the
//            entry behind their range.
//
// Theory    The page that holds the last byte below the new size is still in use. If it is mapped
//           when uvmdealloc() is called, it must be mapped when uvmdealloc() returns. A call of
//           mappages() or uvmunmap() leaves the page behind its range as it was.
// Promises  silence: mappages() has gone one page too far only if that page continues the range in
//           memory as well, and the next one does not: the size may be a number of pages.
#include "check/explain.h"
#include "check/leaves.h"
#include "machine.h"
#include "sight/check.h"

#define CALLS 16

struct shrunk {
    struct {
        uint64 when;
        struct leaf edge; // of the page that must stay as it is
    } call[CALLS];        // at the position of the call
};

// Returns the page that the call must not change: the last one of the new size, or the one behind
// the range.
static uint64
edge_page(const struct call *c)
{
    uint64 page = ~(uint64)(PAGE_BYTES - 1);
    if (c->what == KNOWN_UVMDEALLOC)
        return (c->arg[2] - 1) & page;
    return c->what == KNOWN_UVMUNMAP ? c->arg[1] + c->arg[2] * PAGE_BYTES
                                     : ((c->arg[1] + c->arg[2] - 1) & page) + PAGE_BYTES;
}

static bool
find_edge(struct machine *m, const struct call *c, uint64 pages, struct leaf *leaf)
{
    return leaves_find(m, c->arg[0], PT_MIN_LEVELS, edge_page(c) + pages * PAGE_BYTES, leaf);
}

static void
called(struct machine *m, const struct call *c)
{
    struct shrunk *w = SIGHT_STATE(m, shrunk, struct shrunk);
    unsigned i = (unsigned)(c->when % CALLS);
    bool maps = c->what == KNOWN_MAPPAGES;
    w->call[i].when = 0;
    if (c->what == KNOWN_UVMDEALLOC ? c->arg[2] == 0 || c->arg[2] >= c->arg[1]
                                    : c->arg[2] < (maps ? PAGE_BYTES : 1))
        return;
    if (ram_has(&m->ram, c->arg[0], PAGE_BYTES) && find_edge(m, c, 0, &w->call[i].edge) != maps)
        w->call[i].when = c->when;
}

// Returns whether the leaf maps the page behind the memory that mappages() was given.
static bool
continues(const struct call *c, const struct leaf *leaf)
{
    return pte_pa(leaf->pte) - edge_page(c) ==
           (c->arg[3] & ~(uint64)(PAGE_BYTES - 1)) - (c->arg[1] & ~(uint64)(PAGE_BYTES - 1));
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct shrunk *w = SIGHT_STATE(m, shrunk, struct shrunk);
    unsigned i = (unsigned)(c->when % CALLS);
    uint64 function = m->sight->known.entry[c->what];
    bool maps = c->what == KNOWN_MAPPAGES;
    struct leaf leaf, next;
    struct report r;
    if (w->call[i].when != c->when || find_edge(m, c, 0, &leaf) != maps)
        return;
    if (maps && ((int)result != 0 || !continues(c, &leaf) || find_edge(m, c, 1, &next)))
        return;
    report_begin(m, &r, REPORT_SHRUNK, c->hart, function);
    r.what = (struct fact){.word = c->what == KNOWN_UVMDEALLOC ? WORD_SHRUNK : WORD_SHRUNK_EDGE,
                           .arg = {function, edge_page(c), c->arg[2]},
                           .moment = r.moment};
    explain_entry(&r, maps ? leaf.slot : w->call[i].edge.slot, maps ? leaf.pte : 0);
    r.todo.word = c->what == KNOWN_UVMDEALLOC ? WORD_SHRUNK_DO : WORD_SHRUNK_EDGE_DO;
    report_send(m, &r);
}

#define CALLED (KNOWN_BIT(UVMDEALLOC) | KNOWN_BIT(UVMUNMAP) | KNOWN_BIT(MAPPAGES))

const struct check shrunk_check = {
    .name = "shrunk",
    .bytes = sizeof(struct shrunk),
    .calls = CALLED,
    .returns = CALLED,
    .called = called,
    .returned = returned,
};

// SPDX-License-Identifier: MIT
// releases.c - calls of kfree() without a removed entry, and removed entries without a kfree().
//
// Theory    Where pages are shared, kfree() removes one reference. Each entry that is removed
//           belongs to one call, a little before or after it. A call or an entry without the other
//           is noted. It shows its effect only later: when the page turns out to be lost, or free
//           while a process has it. Then this note tells the cause.
//           The kernel's own numbers of users are found by the stores of kalloc() and kfree() to
//           large variables: element pa / 4096 of an array, or of a part of it, changes with page
//           pa. These numbers only explain a failure that is certain.
#include "check/releases.h"

#include "check/entries.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/frames.h"

#define STORES     16     // of one call that are looked at
#define ARRAYS     32     // that may be the numbers of users
#define ENOUGH     8      // pages that agree
#define EVENTS_MAX 600000 // the search ends then
#define LARGE      2048   // bytes of a variable

enum { SP = 2 };

struct array {
    uint64 at; // where the element of the page 0 would be
    int bytes; // of an element
    uint32 pages;
    uint64 lowest, highest; // of these pages
};

struct releases_watch {
    struct releases *of;        // of each page of RAM
    struct array count;         // the numbers of users; bytes 0: not known
    struct array array[ARRAYS]; // that may be them
    struct {
        uint64 when, pa;
        int bytes;
    } store[STORES];
    uint32 stores, next;
    bool proved; // uvmcopy() has raised one of the numbers
    bool below;  // kfree() has left one that is less than 0
};

const struct releases *
releases_of(struct machine *m, uint64 pa)
{
    struct releases_watch *w = SIGHT_STATE(m, releases, struct releases_watch);
    if (w == NULL || w->of == NULL || !ram_has(&m->ram, pa, 1))
        return NULL;
    return &w->of[(size_t)((pa - m->ram.base) >> PAGE_BITS)];
}

bool
releases_count(const struct machine *m, uint64 pa, int32 *count)
{
    const struct array *c = &SIGHT_STATE(m, releases, struct releases_watch)->count;
    uint64 at = c->at + (pa >> PAGE_BITS) * (uint64)c->bytes;
    if (c->bytes == 0 || !ram_has(&m->ram, at, c->bytes))
        return false;
    const void *p = ram_at(&m->ram, at);
    *count = c->bytes == 1   ? *(const uint8 *)p
             : c->bytes == 2 ? *(const uint16 *)p
                             : *(const int32 *)p;
    return true;
}

static struct releases *
find(struct machine *m, uint64 pa)
{
    return (struct releases *)releases_of(m, pa);
}

void
releases_entry(struct machine *m, unsigned hart, uint64 slot, uint64 is)
{
    uint64 was = *(const uint64 *)ram_at(&m->ram, slot);
    struct releases *r = find(m, pte_pa(was));
    if (r == NULL || !pte_leaf(was) || (pte_leaf(is) && pte_pa(is) == pte_pa(was)))
        return;
    if (r->waits_free)
        r->unpaired = r->dropped;
    moment_now(m, hart, &r->dropped);
    r->slot = slot;
    r->waits_free = !r->waits_drop;
    r->waits_drop = false;
}

static void
called(struct machine *m, const struct call *c)
{
    struct releases *r = find(m, c->arg[0]);
    if (r == NULL)
        return;
    bool together = c->hart == r->dropped.hart && c->when - r->dropped.position < TOGETHER;
    if (r->waits_free && !together)
        r->unpaired = r->dropped;
    bool again =
        r->released != 0 && r->released_hart == c->hart && c->when - r->released < TOGETHER;
    int32 now = 0;
    bool one_less =
        r->counted && !r->waits_free && releases_count(m, c->arg[0], &now) && now < r->expected;
    if (one_less || (again && !(r->waits_free && together)))
        moment_now(m, c->hart, &r->twice);
    r->released = c->when;
    r->released_hart = (uint8)c->hart;
    r->waits_drop = !(r->waits_free && together);
    r->waits_free = false;
}

// --- the kernel's own numbers ------------------------------------------------------------------

// Sets whether the check hears of stores to large variables.
static void
listen(struct machine *m, unsigned what)
{
    struct symbol_variable v;
    uint64 pa;
    for (uint32 i = 0; symbols_variable(&m->sight->symbols, i, &v); i++)
        for (uint64 at = 0; v.bytes >= LARGE && at < v.bytes; at += PAGE_BYTES)
            if (symbols_physical(&m->sight->symbols, v.at + at, &pa))
                sight_watch(m, CHECK_releases, pa, what);
}

static void
store(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value)
{
    struct releases_watch *w = SIGHT_STATE(m, releases, struct releases_watch);
    (void)value;
    if (pa >> PAGE_BITS == m->s.hart[hart].x[SP] >> PAGE_BITS) { // a stack
        sight_watch(m, CHECK_releases, pa, 0);
        return;
    }
    w->store[w->stores % STORES].when = m->sight->now;
    w->store[w->stores % STORES].pa = pa;
    w->store[w->stores % STORES].bytes = bytes;
    if (w->stores++ == EVENTS_MAX)
        listen(m, 0);
}

// A call that frees or gives the page has stored to the element of that page, if it is this array.
static void
agrees(struct machine *m, uint64 pa, uint64 at, int bytes)
{
    struct releases_watch *w = SIGHT_STATE(m, releases, struct releases_watch);
    struct array *old = &w->array[w->next++ % ARRAYS];
    for (struct array *a = w->array; a < w->array + ARRAYS; a++) {
        if (a->at != at || a->bytes != bytes)
            continue;
        a->pages += pa < a->lowest || pa > a->highest; // another page
        a->lowest = pa < a->lowest ? pa : a->lowest;
        a->highest = pa > a->highest ? pa : a->highest;
        if (a->pages == ENOUGH && w->count.bytes == 0) {
            w->count = *a;
            listen(m, 0);
        }
        return;
    }
    if (old->pages > 0)
        old->pages--;
    else
        *old = (struct array){at, bytes, 1, pa, pa};
}

static void
learn(struct machine *m, const struct call *c, uint64 pa)
{
    struct releases_watch *w = SIGHT_STATE(m, releases, struct releases_watch);
    for (unsigned i = 0; i < STORES && w->count.bytes == 0; i++)
        if (w->store[i].when > c->when)
            agrees(m, pa, w->store[i].pa - (pa >> PAGE_BITS) * (uint64)w->store[i].bytes,
                   w->store[i].bytes);
}

void
releases_shared(struct machine *m, uint64 pa)
{
    struct releases *r = find(m, pa);
    int32 now;
    if (r == NULL || !r->counted || !releases_count(m, pa, &now))
        return;
    r->shared = true;
    r->uncounted = now <= r->first;
    r->expected = now;
    SIGHT_STATE(m, releases, struct releases_watch)->proved |= !r->uncounted;
}

enum known
releases_low(struct machine *m, uint64 pa)
{
    const struct releases *r = releases_of(m, pa);
    int32 now;
    if (r == NULL || !r->counted || !releases_count(m, pa, &now))
        return KNOWN_COUNT;
    bool below = SIGHT_STATE(m, releases, struct releases_watch)->below && r->first <= 0;
    bool early = now < 0 || below || (now == 0 && !frames_free(m, pa));
    return early ? KNOWN_KALLOC : r->uncounted ? KNOWN_UVMCOPY : KNOWN_COUNT;
}

// Called when a call of kfree() returns. The page is in use if it still has users, although this
// kernel may fill no page that it frees.
static void
after_free(struct machine *m, const struct call *c, struct releases *r)
{
    struct releases_watch *w = SIGHT_STATE(m, releases, struct releases_watch);
    struct frame *f = frames_at(m, c->arg[0]);
    if (f->state == FRAME_FREE)
        return;
    moment_now(m, c->hart, &r->kept);
    if (!r->counted || !releases_count(m, c->arg[0], &r->expected))
        return;
    w->below |= r->expected < 0;
    if (r->expected > 0 && f->state == FRAME_UNKNOWN && w->proved)
        f->state = FRAME_ALLOCATED;
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    bool gives = c->what == KNOWN_KALLOC;
    uint64 pa = gives ? result : c->arg[0];
    struct releases *r = find(m, pa);
    if (r == NULL)
        return;
    learn(m, c, pa);
    if (!gives) {
        after_free(m, c, r);
        return;
    }
    *r = (struct releases){.counted = false};
    r->counted = releases_count(m, pa, &r->first);
    r->expected = r->first;
}

static bool
start(struct machine *m)
{
    struct releases_watch *w = SIGHT_STATE(m, releases, struct releases_watch);
    w->of = sight_alloc(m, (m->ram.size >> PAGE_BITS) * sizeof(w->of[0]));
    listen(m, WATCH_STORES);
    return w->of != NULL;
}

const struct check releases_check = {
    .name = "releases",
    .bytes = sizeof(struct releases_watch),
    .calls = KNOWN_BIT(KFREE),
    .returns = KNOWN_BIT(KALLOC) | KNOWN_BIT(KFREE),
    .start = start,
    .called = called,
    .returned = returned,
    .store = store,
};

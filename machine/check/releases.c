// SPDX-License-Identifier: MIT
// releases.c - calls of kfree() without a removed entry, and removed entries without a kfree().
//
// Theory    Where pages are shared, kfree() removes one reference. Each entry that is removed
//           belongs to one call, a little before or after it. A call or an entry without the other
//           is noted. It shows its effect only later: when the page turns out to be lost, or free
//           while a process has it. Then this note tells the cause.
#include "check/releases.h"

#include "check/entries.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/frames.h"

struct releases_watch {
    struct releases *of; // of each page of RAM
};

const struct releases *
releases_of(struct machine *m, uint64 pa)
{
    struct releases_watch *w = SIGHT_STATE(m, releases, struct releases_watch);
    if (w == NULL || w->of == NULL || !ram_has(&m->ram, pa, 1))
        return NULL;
    return &w->of[(size_t)((pa - m->ram.base) >> PAGE_BITS)];
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
    if (again && !(r->waits_free && together))
        moment_now(m, c->hart, &r->twice);
    r->released = c->when;
    r->released_hart = (uint8)c->hart;
    r->waits_drop = !(r->waits_free && together);
    r->waits_free = false;
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct releases *r = find(m, result);
    (void)c;
    if (r != NULL)
        *r = (struct releases){.waits_drop = false};
}

static bool
start(struct machine *m)
{
    struct releases_watch *w = SIGHT_STATE(m, releases, struct releases_watch);
    w->of = sight_alloc(m, (m->ram.size >> PAGE_BITS) * sizeof(w->of[0]));
    return w->of != NULL;
}

const struct check releases_check = {
    .name = "releases",
    .bytes = sizeof(struct releases_watch),
    .calls = KNOWN_BIT(KFREE),
    .returns = KNOWN_BIT(KALLOC),
    .start = start,
    .called = called,
    .returned = returned,
};

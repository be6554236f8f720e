// SPDX-License-Identifier: MIT
// known.c - calls and returns of well-known functions, as events.
#include "sight/known.h"

#include "hart/code.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/guest.h"
#include "sight/spinlocks.h"

enum { RA = 1, SP = 2, A0 = 10 };

static const char *const names[] = {
#define KNOWN(id, words) words,
#include "sight/known.def"
#undef KNOWN
};

_Static_assert(KNOWN_COUNT <= 64, "a mask has a bit for each");

const char *
known_name(enum known what)
{
    return names[what];
}

// --- places ----------------------------------------------------------------------------------

// Returns the slot of the place at `pa`, or the empty slot where it would go.
static struct known_place *
place(struct knowing *k, uint64 pa)
{
    uint32 i = (uint32)((pa * 0x9e3779b97f4a7c15ULL) >> 40) % HOOKS_SLOTS;
    while (k->place[i].pa != 0 && k->place[i].pa != pa)
        i = (i + 1) % HOOKS_SLOTS;
    return &k->place[i];
}

// Makes a hook. Returns its place; NULL: there are too many hooks.
static struct known_place *
hook(struct machine *m, uint64 pa)
{
    struct known_place *p = place(&m->sight->known, pa);
    if (p->pa == 0 && !code_hook(m, pa, HOOK_KNOWN))
        return NULL;
    p->pa = pa;
    return p;
}

// Copies the next name of a list with spaces between the names. Returns where the list continues.
static const char *
next_name(const char *from, char to[32])
{
    unsigned n = 0;
    while (*from == ' ')
        from++;
    while (*from != '\0' && *from != ' ' && n < 31)
        to[n++] = *from++;
    to[n] = '\0';
    return from;
}

// Returns the physical address of the function with one of these names; 0: the kernel has none.
static uint64
find(const struct symbols *s, const char *list)
{
    char name[32];
    uint64 va, pa;
    for (list = next_name(list, name); name[0] != '\0'; list = next_name(list, name))
        if (symbols_address(s, name, &va) && symbols_physical(s, va, &pa))
            return pa;
    return 0;
}

void
known_find(struct machine *m)
{
    for (unsigned i = 0; i < KNOWN_COUNT; i++) {
        uint64 pa = find(&m->sight->symbols, names[i]);
        if (ram_has(&m->ram, pa, 2))
            m->sight->known.entry[i] = pa;
    }
    spinlocks_find(m);
}

void
known_start(struct machine *m)
{
    struct knowing *k = &m->sight->known;
    for (unsigned i = 0; i < KNOWN_COUNT; i++) {
        bool watched = k->entry[i] != 0 && (k->called[i] | k->returned[i]) != 0;
        struct known_place *p = watched ? hook(m, k->entry[i]) : NULL;
        if (p != NULL)
            p->enters = (uint8)(i + 1);
    }
}

bool
known_has(const struct machine *m, enum known what)
{
    return m->sight->known.entry[what] != 0;
}

// --- calls that have not returned ------------------------------------------------------------

static struct pending *
set_of(struct knowing *k, uint64 sp_pa)
{
    return k->pending[(uint32)((sp_pa * 0x9e3779b97f4a7c15ULL) >> 40) % PENDING_SETS];
}

// Returns the place for a call: that of an earlier call of the function at this address of the
// stack, which cannot return any more; else an empty place; else that of the oldest call.
static struct pending *
choose(struct pending *set, uint64 sp_pa, enum known what)
{
    struct pending *best = &set[0];
    for (unsigned i = 0; i < PENDING_WAYS; i++) {
        if (set[i].sp_pa == sp_pa && set[i].call.what == what)
            return &set[i];
        if (best->sp_pa != 0 && (set[i].sp_pa == 0 || set[i].call.when < best->call.when))
            best = &set[i];
    }
    return best;
}

// Stores a call, or empties its place (`call` is NULL).
static void
set_pending(struct knowing *k, struct pending *p, uint64 sp_pa, const struct call *call)
{
    uint8 *enters = &k->enters[p - k->pending[0]];
    p->sp_pa = sp_pa;
    if (*enters != 0)
        k->inside[*enters - 1]--;
    *enters = 0;
    if (call == NULL)
        return;
    p->call = *call;
    *enters = (uint8)(call->what + 1);
    k->inside[call->what]++;
}

static void
await(struct machine *m, const struct call *c)
{
    struct knowing *k = &m->sight->known;
    uint64 sp_pa, ra_pa;
    if (!guest_translate(m, c->hart, c->sp - 8, PT_READ, &sp_pa) ||
        !guest_translate(m, c->hart, c->ra, PT_EXEC, &ra_pa))
        return;
    struct known_place *p = hook(m, ra_pa);
    if (p == NULL)
        return;
    p->returns = true;
    set_pending(k, choose(set_of(k, sp_pa), sp_pa, c->what), sp_pa, c);
}

// Ends the calls that return here, the latest first. There are several if a function ended in a
// jump to another one: both return together.
static void
come_back(struct machine *m, unsigned hart)
{
    struct hart *h = &m->s.hart[hart];
    uint64 sp_pa;
    if (!guest_translate(m, hart, h->x[SP] - 8, PT_READ, &sp_pa))
        return;
    struct pending *set = set_of(&m->sight->known, sp_pa);
    for (;;) {
        struct pending *last = NULL;
        for (unsigned i = 0; i < PENDING_WAYS; i++)
            if (set[i].sp_pa == sp_pa && set[i].call.ra == h->pc &&
                (last == NULL || set[i].call.when >= last->call.when))
                last = &set[i];
        if (last == NULL)
            return;
        struct call c = last->call;
        set_pending(&m->sight->known, last, 0, NULL);
        c.hart = hart;
        sight_returned(m, &c, h->x[A0]);
    }
}

const struct call *
known_inside(const struct machine *m, unsigned hart, enum known what)
{
    const struct knowing *k = &m->sight->known;
    const struct call *best = NULL;
    uint64 sp_pa;
    unsigned left = k->inside[what];
    if (left == 0 || !guest_translate(m, hart, m->s.hart[hart].x[SP], PT_READ, &sp_pa))
        return NULL;
    for (unsigned i = 0; left != 0; i++) {
        if (k->enters[i] != what + 1)
            continue;
        const struct pending *p = &k->pending[i / PENDING_WAYS][i % PENDING_WAYS];
        bool above = p->sp_pa >= sp_pa && p->sp_pa >> PAGE_BITS == sp_pa >> PAGE_BITS;
        left--;
        if (above && (best == NULL || p->call.when > best->when))
            best = &p->call;
    }
    return best;
}

// --- events ----------------------------------------------------------------------------------

static void
enter(struct machine *m, unsigned hart, enum known what)
{
    const struct hart *h = &m->s.hart[hart];
    struct knowing *k = &m->sight->known;
    struct call c = {.what = what, .hart = hart, .ra = h->x[RA], .sp = h->x[SP]};
    c.when = m->sight->now;
    for (unsigned i = 0; i < NELEM(c.arg); i++)
        c.arg[i] = h->x[A0 + i];
    if (k->called[what])
        sight_called(m, &c);
    if (k->returned[what])
        await(m, &c);
}

void
known_hook(struct machine *m, unsigned hart, uint64 pa)
{
    struct known_place at = *place(&m->sight->known, pa);
    if (at.returns)
        come_back(m, hart);
    if (at.enters != 0)
        enter(m, hart, (enum known)(at.enters - 1));
}

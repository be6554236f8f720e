// SPDX-License-Identifier: MIT
// sight.c - hands the machine's events to the checks that want them.
//
// Theory    While a loop is tried (time/spin.c), events are not told: the loop is undone.
#include "sight/sight.h"

#include "machine.h"
#include "sight/check.h"
#include "time/snapshot.h"
#include "time/stops.h"

#define SIGHT_CHECK(name) extern const struct check name##_check;
#include "sight/checks.def"
#undef SIGHT_CHECK

static const struct check *const checks[] = {
#define SIGHT_CHECK(name) &name##_check,
#include "sight/checks.def"
#undef SIGHT_CHECK
};

_Static_assert(NELEM(checks) <= CHECKS_MAX, "a mask has a bit for each");

// --- beginning -------------------------------------------------------------------------------

void *
sight_alloc(struct machine *m, uint64 bytes)
{
    return m->sight->alloc((size_t)bytes);
}

static void
enter_hearer(struct hearers *h, const struct check *c, unsigned i)
{
#define HEARS(event) h->event |= (uint64)(c->event != NULL) << i
    HEARS(trap);
    HEARS(trap_return);
    HEARS(enabled);
    HEARS(satp);
    HEARS(fence);
    HEARS(table);
    HEARS(walk);
    HEARS(stale);
    HEARS(printed);
    HEARS(examine);
    HEARS(ended);
#undef HEARS
}

// Gives a check its memory and starts it.
static void
begin(struct machine *m, unsigned i)
{
    struct sight *s = m->sight;
    if (checks[i]->bytes != 0 && (s->state[i] = s->alloc((size_t)checks[i]->bytes)) == NULL)
        return;
    if (checks[i]->start != NULL && !checks[i]->start(m))
        return;
    s->on |= 1ULL << i;
    enter_hearer(&s->hearers, checks[i], i);
    for (unsigned f = 0; f < KNOWN_COUNT; f++) {
        s->known.called[f] |= (checks[i]->calls >> f & 1) << i;
        s->known.returned[f] |= (checks[i]->returns >> f & 1) << i;
    }
}

struct sight *
sight_new(struct machine *m, const struct symbols *symbols, const struct lines *lines,
          struct file facts, void *(*alloc)(size_t))
{
    struct sight *s = m->sight = alloc(sizeof(struct sight));
    size_t pages = (size_t)(m->ram.size >> PAGE_BITS);
    if (s == NULL)
        return NULL;
    s->alloc = alloc;
    s->symbols = *symbols;
    s->lines = *lines;
    s->hooked = ~0ULL;
    facts_read(&s->facts, facts);
    inlined_read(&s->inlined, facts, alloc);
    s->load_watch = alloc(pages * sizeof(uint64));
    s->store_watch = alloc(pages * sizeof(uint64));
    s->load_cut = alloc(pages * sizeof(uint32));
    s->store_cut = alloc(pages * sizeof(uint32));
    if (s->load_watch == NULL || s->store_watch == NULL || s->load_cut == NULL ||
        s->store_cut == NULL)
        return m->sight = NULL;
    known_find(m);
    for (unsigned i = 0; i < NELEM(checks); i++)
        begin(m, i);
    known_start(m);
    return s;
}

// Returns a number that changes when all shortcuts for loads, or for stores, are dropped: if it is
// unchanged since a shortcut was made, that shortcut may still exist.
static uint32
cut_epoch(const struct machine *m, bool store)
{
    return m->all_epoch + (store ? m->store_epoch : 0);
}

void
sight_watch(struct machine *m, unsigned who, uint64 pa, unsigned what)
{
    size_t page = (size_t)((pa - m->ram.base) >> PAGE_BITS);
    const uint64 bit = 1ULL << who;
    uint64 *loads = &m->sight->load_watch[page], *stores = &m->sight->store_watch[page];
    uint8 *marks = ram_marks(&m->ram, pa), before = *marks;
    *loads = (*loads & ~bit) | (what & WATCH_LOADS ? bit : 0);
    *stores = (*stores & ~bit) | (what & WATCH_STORES ? bit : 0);
    *marks &= (uint8) ~(RAM_WATCH_LOAD | RAM_WATCH_STORE);
    *marks |= stops_marks(m, pa);
    *marks |= (uint8)((*loads ? RAM_WATCH_LOAD : 0) | (*stores ? RAM_WATCH_STORE : 0));
    uint8 fresh = *marks & (uint8)~before;
    if ((fresh & RAM_WATCH_LOAD) && m->sight->load_cut[page] == cut_epoch(m, false))
        contexts_drop_all(m);
    else if (fresh != 0 && m->sight->store_cut[page] == cut_epoch(m, true))
        contexts_drop_stores(m); // for a watch of loads too: an AMO reads through a store shortcut
}

void
sight_shortcut(struct machine *m, bool store, uint64 pa)
{
    size_t page = (size_t)((pa - m->ram.base) >> PAGE_BITS);
    (store ? m->sight->store_cut : m->sight->load_cut)[page] = cut_epoch(m, store);
}

// --- telling ---------------------------------------------------------------------------------

// Whether the machine's position counts the present instruction already.
enum counted { UNCOUNTED, COUNTED };

// Begins to tell an event, and notes its position. Returns false if the event is not to be told:
// the checks have heard of it already, or a loop is tried.
static bool
tell_begin(struct machine *m, enum counted counted)
{
    struct sight *s = m->sight;
    if (s == NULL || m->s.turns.left == 0)
        return false;
    s->now = machine_position(m) - (counted == COUNTED);
    s->inside = s->now >= s->reached;
    return s->inside;
}

static void
tell_end(struct machine *m)
{
    m->sight->inside = false;
}

// Takes the lowest bit out of a mask of checks. Returns its check; NULL: the mask is empty.
static const struct check *
next_check(uint64 *mask)
{
    if (*mask == 0)
        return NULL;
    const struct check *check = checks[__builtin_ctzll(*mask)];
    *mask &= *mask - 1;
    return check;
}

// Tells an event to the checks of a mask that want it.
#define TELL_SOME(m, mask, event, ...)                                                             \
    do {                                                                                           \
        uint64 some = (mask);                                                                      \
        for (const struct check *check; (check = next_check(&some)) != NULL;)                      \
            if (check->event != NULL)                                                              \
                check->event(m, ##__VA_ARGS__);                                                    \
    } while (0)

// Tells an event to all checks that work and want it.
#define TELL(m, counted, event, ...)                                                               \
    do {                                                                                           \
        if ((m)->sight != NULL && (m)->sight->hearers.event != 0 && tell_begin(m, counted)) {      \
            TELL_SOME(m, (m)->sight->hearers.event, event, ##__VA_ARGS__);                         \
            tell_end(m);                                                                           \
        }                                                                                          \
    } while (0)

static uint64
watching(const struct machine *m, const uint64 *watch, uint64 pa)
{
    return watch[(size_t)((pa - m->ram.base) >> PAGE_BITS)] & m->sight->on;
}

void
sight_reached(struct machine *m)
{
    if (m->sight != NULL && machine_position(m) > m->sight->reached)
        m->sight->reached = machine_position(m);
}

void
sight_load(struct machine *m, unsigned hart, uint64 pa, int bytes)
{
    if (m->stops != NULL)
        stops_access(m, (int)hart, pa, (uint64)bytes, false);
    if (!tell_begin(m, COUNTED))
        return;
    TELL_SOME(m, watching(m, m->sight->load_watch, pa), load, hart, pa, bytes);
    tell_end(m);
}

void
sight_store(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value)
{
    history_stored(m, (int)hart, pa, (uint64)bytes);
    if (!tell_begin(m, COUNTED))
        return;
    TELL_SOME(m, watching(m, m->sight->store_watch, pa), store, hart, pa, bytes, value);
    tell_end(m);
}

void
sight_dma(struct machine *m, uint64 pa, uint64 bytes)
{
    history_stored(m, -1, pa, bytes);
    if (m->sight == NULL || machine_position(m) < m->sight->reached)
        return;
    m->sight->now = machine_position(m);
    TELL_SOME(m, watching(m, m->sight->store_watch, pa), device, pa, bytes);
}

// Tells a hook once: a hart whose turn ends at the hook reaches it again in its next turn.
void
sight_hook(struct machine *m, unsigned hart, uint64 pa)
{
    if (!(hooks_at(&m->code->hooks, pa) & HOOK_KNOWN) || !tell_begin(m, COUNTED))
        return;
    uint64 once = m->sight->now * HARTS_MAX + hart;
    if (once != m->sight->hooked)
        known_hook(m, hart, pa);
    m->sight->hooked = once;
    tell_end(m);
}

void
sight_called(struct machine *m, const struct call *c)
{
    TELL_SOME(m, m->sight->known.called[c->what], called, c);
}

void
sight_returned(struct machine *m, const struct call *c, uint64 result)
{
    m->sight->returning = true;
    TELL_SOME(m, m->sight->known.returned[c->what], returned, c, result);
    m->sight->returning = false;
}

// Tells the host of an event, unless a loop is tried (time/spin.c), which is undone.
static void
tell_host(struct machine *m, const struct sight_event *e)
{
    if (m->host.event != NULL && m->s.turns.left != 0)
        m->host.event(m->host.arg, m, e);
}

void
sight_trap(struct machine *m, unsigned hart)
{
    tell_host(m, &(struct sight_event){.kind = SIGHT_TRAP, .hart = hart});
    TELL(m, UNCOUNTED, trap, hart);
}

void
sight_trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    tell_host(m, &(struct sight_event){.kind = SIGHT_RETURN, .hart = hart});
    TELL(m, COUNTED, trap_return, hart, supervisor);
}

void
sight_enabled(struct machine *m, unsigned hart)
{
    TELL(m, COUNTED, enabled, hart);
}

void
sight_satp(struct machine *m, unsigned hart, uint64 old)
{
    tell_host(m, &(struct sight_event){SIGHT_SATP, hart, old, m->s.hart[hart].satp, 0});
    TELL(m, COUNTED, satp, hart, old);
}

void
sight_fence(struct machine *m, unsigned hart, bool by_va, uint64 va, bool by_asid, uint32 asid)
{
    tell_host(m, &(struct sight_event){.kind = SIGHT_FENCE, .hart = hart});
    TELL(m, COUNTED, fence, hart, by_va, va, by_asid, asid);
}

void
sight_table(struct machine *m, unsigned hart, uint64 pa, uint64 was, uint64 is)
{
    tell_host(m, &(struct sight_event){SIGHT_TABLE, hart, was, is, pa});
    TELL(m, COUNTED, table, hart, pa, was, is);
}

void
sight_walk(struct machine *m, unsigned hart, uint64 va, enum pt_access access,
           const struct pt_trace *t)
{
    TELL(m, COUNTED, walk, hart, va, access, t);
}

void
sight_stale(struct machine *m, const struct stale *found)
{
    TELL(m, COUNTED, stale, found);
}

void
sight_printed(struct machine *m, uint8 byte)
{
    TELL(m, COUNTED, printed, byte);
}

void
sight_examine(struct machine *m)
{
    if (m->sight == NULL || machine_position(m) < m->sight->reached)
        return;
    TELL_SOME(m, m->sight->hearers.examine, examine);
}

void
sight_ended(struct machine *m)
{
    if (m->sight == NULL || machine_position(m) < m->sight->reached)
        return;
    TELL_SOME(m, m->sight->hearers.ended, ended);
}

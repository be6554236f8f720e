// SPDX-License-Identifier: MIT
// sight.c - hands the machine's events to the checks that want them.
//
// Theory    While a loop is tried (time/spin.c), all events will happen again: they are not told.
#include "sight/sight.h"

#include "machine.h"
#include "sight/watcher.h"
#include "time/snapshot.h"
#include "time/stops.h"

#define WATCHER(name) extern const struct watcher name##_watcher;
#include "sight/watchers.def"
#undef WATCHER

static const struct watcher *const watchers[] = {
#define WATCHER(name) &name##_watcher,
#include "sight/watchers.def"
#undef WATCHER
};

_Static_assert(NELEM(watchers) <= WATCHERS_MAX, "a mask has a bit for each");

// Each watcher that works and wants the event; its number is i.
#define EACH(m, event)                                                                             \
    for (unsigned i = 0; i < NELEM(watchers); i++)                                                 \
        if (((m)->sight->on >> i & 1) && watchers[i]->event != NULL)

// --- beginning -------------------------------------------------------------------------------

void *
sight_alloc(struct machine *m, uint64 bytes)
{
    return m->sight->alloc((size_t)bytes);
}

// Gives a check its memory and starts it.
static void
begin(struct machine *m, unsigned i)
{
    struct sight *s = m->sight;
    s->state[i] = s->alloc((size_t)watchers[i]->bytes);
    if (s->state[i] == NULL || (watchers[i]->start != NULL && !watchers[i]->start(m)))
        return;
    s->on |= 1u << i;
    s->known.calls |= watchers[i]->calls;
    s->known.returns |= watchers[i]->returns;
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
    s->load_watch = alloc(pages * sizeof(uint32));
    s->store_watch = alloc(pages * sizeof(uint32));
    s->load_cut = alloc(pages * sizeof(uint32));
    s->store_cut = alloc(pages * sizeof(uint32));
    if (s->load_watch == NULL || s->store_watch == NULL || s->load_cut == NULL ||
        s->store_cut == NULL)
        return m->sight = NULL;
    known_find(m);
    for (unsigned i = 0; i < NELEM(watchers); i++)
        begin(m, i);
    known_start(m);
    return s;
}

// While this number stays the same, a shortcut that was made may be there still.
static uint32
cut_epoch(const struct machine *m, bool store)
{
    return m->all_epoch + (store ? m->store_epoch : 0);
}

void
sight_watch(struct machine *m, unsigned who, uint64 pa, unsigned what)
{
    size_t page = (size_t)((pa - m->ram.base) >> PAGE_BITS);
    uint32 *loads = &m->sight->load_watch[page], *stores = &m->sight->store_watch[page];
    uint8 *marks = ram_marks(&m->ram, pa), before = *marks;
    *loads = (*loads & ~(1u << who)) | (what & WATCH_LOADS ? 1u << who : 0);
    *stores = (*stores & ~(1u << who)) | (what & WATCH_STORES ? 1u << who : 0);
    *marks &= (uint8) ~(RAM_WATCH_LOAD | RAM_WATCH_STORE);
    *marks |= stops_marks(m, pa);
    *marks |= (uint8)((*loads ? RAM_WATCH_LOAD : 0) | (*stores ? RAM_WATCH_STORE : 0));
    uint8 fresh = *marks & (uint8)~before;
    if ((fresh & RAM_WATCH_LOAD) && m->sight->load_cut[page] == cut_epoch(m, false))
        contexts_drop_all(m);
    else if (fresh != 0 && m->sight->store_cut[page] == cut_epoch(m, true))
        contexts_drop_stores(m); // for a watch of loads as well: an AMO loads by them
}

void
sight_cut(struct machine *m, bool store, uint64 pa)
{
    size_t page = (size_t)((pa - m->ram.base) >> PAGE_BITS);
    (store ? m->sight->store_cut : m->sight->load_cut)[page] = cut_epoch(m, store);
}

// --- telling ---------------------------------------------------------------------------------

// Is the event to be told? Notes when it is. `behind` is 1 if the position counts the present
// instruction already.
static bool
wake(struct machine *m, unsigned behind)
{
    struct sight *s = m->sight;
    if (s == NULL || m->s.turns.left == 0)
        return false;
    s->now = machine_position(m) - behind;
    s->inside = s->now >= s->reached;
    return s->inside;
}

static void
sleep(struct machine *m)
{
    m->sight->inside = false;
}

static uint32
watching(const struct machine *m, const uint32 *watch, uint64 pa)
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
    if (!wake(m, 1))
        return;
    uint32 who = watching(m, m->sight->load_watch, pa);
    EACH(m, load)
    if (who >> i & 1)
        watchers[i]->load(m, hart, pa, bytes);
    sleep(m);
}

void
sight_store(struct machine *m, unsigned hart, uint64 pa, int bytes, uint64 value)
{
    history_stored(m, (int)hart, pa, (uint64)bytes);
    if (!wake(m, 1))
        return;
    uint32 who = watching(m, m->sight->store_watch, pa);
    EACH(m, store)
    if (who >> i & 1)
        watchers[i]->store(m, hart, pa, bytes, value);
    sleep(m);
}

void
sight_dma(struct machine *m, uint64 pa, uint64 bytes)
{
    history_stored(m, -1, pa, bytes);
    if (m->sight == NULL || machine_position(m) < m->sight->reached)
        return;
    uint32 who = watching(m, m->sight->store_watch, pa);
    m->sight->now = machine_position(m);
    EACH(m, device)
    if (who >> i & 1)
        watchers[i]->device(m, pa, bytes);
}

// A hook is told once, though the hart may come to it twice: when the turn ends there.
void
sight_hook(struct machine *m, unsigned hart, uint64 pa)
{
    if (!(hooks_at(&m->code->hooks, pa) & HOOK_KNOWN) || !wake(m, 1))
        return;
    uint64 once = m->sight->now * HARTS_MAX + hart;
    if (once != m->sight->hooked)
        known_hook(m, hart, pa);
    m->sight->hooked = once;
    sleep(m);
}

void
sight_called(struct machine *m, const struct call *c)
{
    EACH(m, called)
    if (watchers[i]->calls >> c->what & 1)
        watchers[i]->called(m, c);
}

void
sight_returned(struct machine *m, const struct call *c, uint64 result)
{
    m->sight->returning = true;
    EACH(m, returned)
    if (watchers[i]->returns >> c->what & 1)
        watchers[i]->returned(m, c, result);
    m->sight->returning = false;
}

// Tells the host. While a loop is tried (time/spin.c), nothing happens for good.
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
    if (!wake(m, 0))
        return;
    EACH(m, trap)
    watchers[i]->trap(m, hart);
    sleep(m);
}

void
sight_return(struct machine *m, unsigned hart, bool supervisor)
{
    tell_host(m, &(struct sight_event){.kind = SIGHT_RETURN, .hart = hart});
    if (!wake(m, 1))
        return;
    EACH(m, left)
    watchers[i]->left(m, hart, supervisor);
    sleep(m);
}

void
sight_enabled(struct machine *m, unsigned hart)
{
    if (!wake(m, 1))
        return;
    EACH(m, enabled)
    watchers[i]->enabled(m, hart);
    sleep(m);
}

void
sight_satp(struct machine *m, unsigned hart, uint64 old)
{
    tell_host(m, &(struct sight_event){SIGHT_SATP, hart, old, m->s.hart[hart].satp, 0});
    if (!wake(m, 1))
        return;
    EACH(m, satp)
    watchers[i]->satp(m, hart, old);
    sleep(m);
}

void
sight_fence(struct machine *m, unsigned hart, bool by_va, uint64 va, bool by_asid, uint32 asid)
{
    tell_host(m, &(struct sight_event){.kind = SIGHT_FENCE, .hart = hart});
    if (!wake(m, 1))
        return;
    EACH(m, fence)
    watchers[i]->fence(m, hart, by_va, va, by_asid, asid);
    sleep(m);
}

void
sight_table(struct machine *m, unsigned hart, uint64 pa, uint64 was, uint64 is)
{
    tell_host(m, &(struct sight_event){SIGHT_TABLE, hart, was, is, pa});
    if (!wake(m, 1))
        return;
    EACH(m, table)
    watchers[i]->table(m, hart, pa, was, is);
    sleep(m);
}

void
sight_walk(struct machine *m, unsigned hart, uint64 va, enum pt_access access,
           const struct pt_trace *t)
{
    if (!wake(m, 1))
        return;
    EACH(m, walk)
    watchers[i]->walk(m, hart, va, access, t);
    sleep(m);
}

void
sight_stale(struct machine *m, const struct stale *found)
{
    if (!wake(m, 1))
        return;
    EACH(m, stale)
    watchers[i]->stale(m, found);
    sleep(m);
}

void
sight_printed(struct machine *m, uint8 byte)
{
    if (!wake(m, 1))
        return;
    EACH(m, printed)
    watchers[i]->printed(m, byte);
    sleep(m);
}

void
sight_examine(struct machine *m)
{
    if (m->sight == NULL || machine_position(m) < m->sight->reached)
        return;
    EACH(m, examine)
    watchers[i]->examine(m);
}

void
sight_ended(struct machine *m)
{
    if (m->sight == NULL || machine_position(m) < m->sight->reached)
        return;
    EACH(m, ended)
    watchers[i]->ended(m);
}

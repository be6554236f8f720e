// SPDX-License-Identifier: MIT
// back.c - takes the run to a position: restores a snapshot and repeats the run from there.
#include "base/mem.h"
#include "hart/code.h"
#include "machine.h"
#include "mmu/contexts.h"
#include "run.h"
#include "time/snapshot.h"
#include "time/stops.h"

#define NEVER (~0ULL)

// --- memory ----------------------------------------------------------------------------------

// Takes memory back to the snapshot at the cursor, by the pages saved since.
static void
undo(struct machine *m)
{
    struct history *h = m->history;
    uint8 *mark;
    for (uint32 s = h->live; s != 0; s = delta_head(&h->pool, s)->next) {
        delta_read(&h->pool, s, history_page(m, delta_head(&h->pool, s)->page, &mark));
        *mark |= RAM_CLEAN;
    }
    delta_give(&h->pool, h->live);
    h->live = h->lives = 0;
}

// Takes memory across the intervals n to end - 1, forwards or backwards. All differences of a page
// are applied before those of the next page.
static void
cross(struct machine *m, uint32 n, uint32 end)
{
    struct history *h = m->history;
    struct pool *p = &h->pool;
    uint8 *mark;
    for (; n < end; n++)
        for (uint32 s = h->of[n].pages; s != 0; s = delta_head(p, s)->next) {
            struct delta_head *head = delta_head(p, s);
            head->mate = h->record[head->page];
            h->record[head->page] = s;
        }
    for (uint32 page = 0; page < history_pages(m); page++) {
        for (uint32 s = h->record[page]; s != 0; s = delta_head(p, s)->mate)
            delta_apply(p, s, history_page(m, page, &mark));
        h->record[page] = 0;
    }
}

// Drops data that was derived from the state and memory before the restore.
static void
drop_derived(struct machine *m)
{
    struct loop_search *l = m->loop_search;
    if (l->on)
        code_unhook(m, l->pc_pa, HOOK_REST);
    l->on = false;
    code_forget(m);
    m->turn_hart = m->s.turns.hart;
    m->turn_cut = false;
    m->stop = STOP_NONE;
    for (unsigned i = 0; i < m->config.harts; i++)
        m->lane[i].granted = m->lane[i].budget = 0;
    contexts_drop_all(m);
}

// Restores snapshot n.
static void
restore(struct machine *m, uint32 n)
{
    struct history *h = m->history;
    undo(m);
    cross(m, n < h->cursor ? n : h->cursor, n < h->cursor ? h->cursor : n);
    h->cursor = n;
    history_unpack(m, h->of[n].state);
    h->inputs.next = h->of[n].inputs;
    drop_derived(m);
}

// --- input -----------------------------------------------------------------------------------

void
history_input(struct machine *m, uint8 byte, bool idle)
{
    struct history *h = m->history;
    struct input_event event = {machine_position(m), machine_clock(m), idle, byte};
    if (h != NULL && h->inputs.next != h->inputs.count)
        history_forget_future(m);
    if (h != NULL && !inputlog_add(&h->inputs, event))
        m->history = NULL; // there is no room: the run from here could not be repeated
    uart_input(m, byte);
}

// Gives the machine the noted input bytes that came at this place. Returns whether there were any.
static bool
feed(struct machine *m, bool idle)
{
    struct inputlog *log = &m->history->inputs;
    uint64 position = machine_position(m), clock = machine_clock(m);
    const struct input_event *e;
    bool any = false;
    while ((e = inputlog_next(log)) != NULL && position >= e->position && clock >= e->clock &&
           (idle || !e->idle) && uart_room(m)) {
        uart_input(m, e->byte);
        log->next++;
        any = true;
    }
    return any;
}

// Runs up to `end` or to where the next noted byte came.
static enum stop
run_to_input(struct machine *m, uint64 end)
{
    const struct input_event *e = inputlog_next(&m->history->inputs);
    uint64 position = machine_position(m), limit = m->clock_limit;
    // A byte of this position that feed() left came while all harts waited: they will wait here
    // again.
    if (e != NULL && e->position < end)
        end = e->position > position ? e->position : position + 1;
    if (e != NULL && e->clock < limit)
        m->clock_limit = e->clock;
    enum stop stop = machine_run(m, end - position);
    m->clock_limit = limit;
    return stop;
}

enum stop
history_run(struct machine *m, uint64 steps)
{
    uint64 end = machine_position(m) + steps;
    if (m->history == NULL)
        return machine_run(m, steps);
    while (machine_position(m) < end) {
        feed(m, false);
        enum stop stop = run_to_input(m, end);
        if (stop != STOP_NONE && !(stop == STOP_IDLE && feed(m, true)))
            return stop;
    }
    return STOP_NONE;
}

static void
print_nothing(void *arg, uint8 byte)
{
    (void)arg;
    (void)byte;
}

enum stop
history_resume(struct machine *m, uint64 steps)
{
    struct host_calls host = m->host;
    uint64 limit = m->clock_limit;
    m->host = (struct host_calls){.console = print_nothing};
    m->clock_limit = NEVER;
    enum stop stop = history_run(m, steps);
    m->host = host;
    m->clock_limit = limit;
    return stop;
}

// Repeats the run up to `end`. Nothing is printed or reported, and breakpoints do not stop the run.
static void
repeat(struct machine *m, uint64 end)
{
    struct stops *stops = m->stops;
    enum stop stop = STOP_NONE;
    if (stops != NULL && !stops->note_only)
        m->stops = NULL;
    while (machine_position(m) < end && stop != STOP_IDLE && stop != STOP_FINISHED)
        stop = history_resume(m, end - machine_position(m));
    m->stops = stops;
}

// --- going -----------------------------------------------------------------------------------

// Returns the newest snapshot at or before `position`; there is one.
static uint32
newest(const struct history *h, uint64 position)
{
    uint32 n = h->count - 1;
    while (h->of[n].position > position)
        n--;
    return n;
}

bool
history_go(struct machine *m, uint64 position)
{
    struct history *h = m->history;
    if (h == NULL || h->count == 0 || position < h->of[0].position)
        return false;
    sight_reached(m);
    uint32 n = newest(h, position);
    if (h->cursor != n || machine_position(m) >= position)
        restore(m, n);
    h->dense_end = position;
    repeat(m, position);
    h->dense_end = 0;
    return machine_position(m) == position;
}

// --- the last store --------------------------------------------------------------------------

void
history_stored(struct machine *m, int hart, uint64 pa, uint64 bytes)
{
    struct history *h = m->history;
    bool in_turn = m->s.turns.left != 0;
    if (m->stops != NULL)
        stops_access(m, hart, pa, bytes, true);
    if (h == NULL || pa >= h->watch_pa + h->watch_bytes || pa + bytes <= h->watch_pa)
        return;
    if (hart >= 0 && !in_turn)
        return; // a loop is tried (time/spin.c): that leaves memory as it is
    h->met = true;
    h->last = (struct store_event){.position = machine_position(m) - in_turn,
                                   .hart = hart,
                                   .pc = hart >= 0 ? m->s.hart[hart].pc : 0};
}

// Returns whether interval n has a change of the page.
static bool
changes(const struct history *h, uint32 n, uint32 page)
{
    uint32 s = n == h->cursor ? h->live : h->of[n].pages;
    while (s != 0 && delta_head(&h->pool, s)->page != page)
        s = delta_head(&h->pool, s)->next;
    return s != 0;
}

// Repeats the run from snapshot n up to `end`, and notes the last store to [pa, pa + bytes).
// Returns   whether there was one.
static bool
watch(struct machine *m, uint32 n, uint64 end, uint64 pa, uint64 bytes)
{
    struct history *h = m->history;
    uint8 *mark = ram_marks(&m->ram, pa), before = *mark & RAM_WATCH_STORE;
    restore(m, n);
    h->watch_pa = pa;
    h->watch_bytes = bytes;
    h->met = false;
    *mark |= RAM_WATCH_STORE;
    contexts_drop_stores(m);
    repeat(m, end);
    h->watch_bytes = 0;
    if (!before)
        *mark &= (uint8)~RAM_WATCH_STORE;
    return h->met;
}

bool
history_last_store(struct machine *m, uint64 pa, uint64 bytes, uint64 before,
                   struct store_event *out)
{
    struct history *h = m->history;
    uint64 here = machine_position(m), end = before;
    uint32 page = (uint32)((pa - m->ram.base) >> PAGE_BITS);
    if (!ram_has(&m->ram, pa, bytes) || !history_go(m, before)) {
        history_go(m, here);
        return false;
    }
    while (h->count > 0 && end > h->of[0].position) {
        uint32 n = newest(h, end - 1);
        uint64 begin = h->of[n].position;
        if (changes(h, n, page) && watch(m, n, end, pa, bytes)) {
            *out = h->last;
            return history_go(m, out->position);
        }
        end = begin;
    }
    history_go(m, here);
    return false;
}

// --- the last stop ---------------------------------------------------------------------------

// Returns whether the run may stop in interval n. Only stores are known without repeating it.
static bool
may_stop(const struct machine *m, uint32 n)
{
    const struct stops *s = m->stops;
    bool may = s->count > 0;
    for (unsigned i = 0; i < s->watches && !may; i++)
        may = s->watch[i].loads ||
              changes(m->history, n, (uint32)((s->watch[i].pa - m->ram.base) >> PAGE_BITS));
    return may;
}

bool
stops_back(struct machine *m)
{
    struct history *h = m->history;
    struct stops *s = m->stops;
    uint64 here = machine_position(m), end = here;
    if (h == NULL || s == NULL)
        return false;
    s->met = false;
    s->note_only = true;
    while (!s->met && h->count > 0 && end > h->of[0].position) {
        uint32 n = newest(h, end - 1);
        uint64 begin = h->of[n].position;
        if (may_stop(m, n)) {
            restore(m, n);
            repeat(m, end);
        }
        end = begin;
    }
    s->note_only = false;
    return history_go(m, s->met ? s->last.position : here) && s->met;
}

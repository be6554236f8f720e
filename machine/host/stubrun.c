// SPDX-License-Identifier: MIT
// stubrun.c - the debugger's breakpoints and watched memory, and how it lets the run go on or back.
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host/stub.h"
#include "sight/guest.h"

#define X "%" PRIx64

// --- why it stopped --------------------------------------------------------------------------

static void
add_watch(struct stub *s)
{
    const struct stop_event *e = &s->control->stops.last;
    const struct watched *w = &s->control->stops.watch[e->number];
    const char *kind = !w->loads ? "watch" : w->stores ? "awatch" : "rwatch";
    stub_add(s, "%s:" X ";", kind, (uint64_t)s->watch_va[e->number]);
}

void
stub_add_stop(struct stub *s)
{
    struct control *c = s->control;
    s->thread = c->hart;
    stub_add(s, "T%02xthread:%02x;", c->pause == PAUSE_KEY ? 2 : 5, c->hart + 1);
    if (s->reversed)
        stub_add(s, "replaylog:begin;");
    else if (c->pause == PAUSE_END)
        stub_add(s, "replaylog:end;");
    else if (c->pause == PAUSE_STOP && c->stops.last.kind != STOP_AT_CODE)
        add_watch(s);
    s->reversed = false;
}

// --- breakpoints -----------------------------------------------------------------------------

static bool
set_break(struct stops *s, uint64 va, bool set)
{
    for (unsigned i = 0; i < s->count; i++) {
        if (s->at[i] == va)
            s->at[i--] = s->at[--s->count];
    }
    if (set && s->count == STOPS_MAX)
        return false;
    if (set)
        s->at[s->count++] = va;
    return true;
}

static bool
set_watch(struct stub *st, char kind, uint64 va, uint64 bytes, bool set)
{
    struct stops *s = &st->control->stops;
    struct watched w = {.bytes = bytes, .loads = kind != '2', .stores = kind != '3'};
    for (unsigned i = 0; i < s->watches; i++) {
        const struct watched *o = &s->watch[i];
        if (st->watch_va[i] != va || o->bytes != bytes || o->loads != w.loads ||
            o->stores != w.stores)
            continue;
        s->watches--;
        s->watch[i] = s->watch[s->watches];
        st->watch_va[i] = st->watch_va[s->watches];
        break;
    }
    if (!set)
        return true;
    if (!guest_translate(st->control->m, st->thread, va, PT_READ, &w.pa))
        w.pa = va;
    if (s->watches == WATCHED_MAX || (va & (PAGE_BYTES - 1)) + bytes > PAGE_BYTES ||
        !ram_has(&st->control->m->ram, w.pa, bytes))
        return false;
    st->watch_va[s->watches] = va;
    s->watch[s->watches++] = w;
    return true;
}

// Z or z: KIND,ADDRESS,LENGTH.
static void
change_stops(struct stub *s, const char *packet)
{
    bool set = packet[0] == 'Z', done;
    char kind = packet[1], *end;
    uint64 va, bytes;
    if (kind < '0' || kind > '4' || packet[2] != ',')
        return;
    va = strtoull(packet + 3, &end, 16);
    bytes = *end == ',' ? strtoull(end + 1, NULL, 16) : 1;
    if (kind <= '1')
        done = set_break(&s->control->stops, va, set);
    else
        done = bytes > 0 && set_watch(s, kind, va, bytes, set);
    stops_change(s->control->m);
    stub_add(s, done ? "OK" : "E1c");
}

// --- going -----------------------------------------------------------------------------------

static void
back_to_stop(struct stub *s)
{
    struct control *c = s->control;
    c->pause = PAUSE_STOP;
    if (stops_back(c->m)) {
        c->hart = c->stops.last.hart >= 0 ? (unsigned)c->stops.last.hart : c->hart;
    } else {
        (void)control_back(c, 0);
        s->reversed = true;
    }
    stub_add_stop(s);
}

static void
back_one_step(struct stub *s)
{
    struct control *c = s->control;
    c->pause = PAUSE_AIM;
    s->reversed = !control_step_back(c, s->thread);
    stub_add_stop(s);
}

// vCont;ACTION[:THREAD]...: the first step counts; the others go on as they are.
static void
resume_some(struct stub *s, const char *actions)
{
    const char *step = strstr(actions, ";s");
    if (step == NULL)
        step = strstr(actions, ";S");
    if (step == NULL) {
        control_go(s->control, ~0ULL);
        return;
    }
    const char *thread = strchr(step, ':'), *next = strchr(step + 1, ';');
    unsigned long n = thread && (!next || thread < next) ? strtoul(thread + 1, NULL, 16) : 0;
    bool known = n > 0 && n <= s->control->m->config.harts;
    control_step(s->control, known ? (unsigned)n - 1 : s->thread);
}

bool
stub_run(struct stub *s, char *packet, bool *away)
{
    if (packet[0] == 'Z' || packet[0] == 'z') {
        change_stops(s, packet);
    } else if (packet[0] == '?') {
        stub_add_stop(s);
    } else if (packet[0] == 'c' || packet[0] == 'C') {
        control_go(s->control, ~0ULL);
        *away = true;
    } else if (packet[0] == 's' || packet[0] == 'S') {
        control_step(s->control, s->thread);
        *away = true;
    } else if (strcmp(packet, "vCont?") == 0) {
        stub_add(s, "vCont;c;C;s;S");
    } else if (strncmp(packet, "vCont;", 6) == 0) {
        resume_some(s, packet + 5);
        *away = true;
    } else if (strcmp(packet, "bc") == 0) {
        back_to_stop(s);
    } else if (strcmp(packet, "bs") == 0) {
        back_one_step(s);
    } else {
        return false;
    }
    return true;
}

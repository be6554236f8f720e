// SPDX-License-Identifier: MIT
// until.c - runs at full speed up to an event that a person wants to see.
//
// Theory    The machine tells its host of each event (machine.h), also where the run has been
//           before. The hearer compares it with what is wanted, notes it, and ends the run behind
//           the present instruction. A store to a table counts if the machine remembers it: the
//           page may once have been a table, and be something else now.
// Next      time/snapshot.h, sight/sight.h
#include "run.h"
#include "sight/sight.h"
#include "time/snapshot.h"
#include "web/web.h"

// Kinds of events, as bits.
enum {
    EVENT_EXCEPTION = 1, // a trap that an instruction raises
    EVENT_INTERRUPT = 2,
    EVENT_RETURN = 4, // sret or mret to user mode
    EVENT_SATP = 8,
    EVENT_FENCE = 16,
    EVENT_ENTRY = 32, // a store to a page table that a hart remembers
};

struct wanted {
    uint64 kinds;
    uint64 causes; // exceptions: bits of the causes that are wanted
    uint64 modes;  // bits: the mode that the hart was in before the step
    uint64 harts;  // bits
    uint64 number; // ecalls: a7 must be this; ~0: any
    uint64 last;   // not 0: goes on to the end, and the last event counts
};

struct event {
    uint64 kind, hart, position; // the position after the step
    uint64 pc, mode;             // before it; of a return, the pc where it leads
    uint64 cause, value;         // of a trap: scause and stval, or mcause and mtval
    uint64 before, after;        // satp, or the entry
    uint64 pa;                   // of the entry
};

// The state of the hearer.
struct listening {
    const struct wanted *w;
    struct event event; // kind 0: none yet
};

EXPORT uint32 web_until(struct machine *m, const struct wanted *w, uint64 steps, struct event *out);

static void
note_trap(const struct hart *h, struct event *e)
{
    bool s = h->mode == MODE_S;
    e->pc = s ? h->sepc : h->mepc;
    e->cause = s ? h->scause : h->mcause;
    e->value = s ? h->stval : h->mtval;
    e->mode = s ? (h->mstatus & STATUS_SPP ? MODE_S : MODE_U)
                : (h->mstatus & STATUS_MPP) >> STATUS_MPP_SHIFT;
    e->kind = e->cause >> 63 ? EVENT_INTERRUPT : EVENT_EXCEPTION;
}

// The event as the page knows it. Kind 0: of no interest.
static struct event
described(const struct machine *m, const struct sight_event *s)
{
    const struct hart *h = &m->s.hart[s->hart];
    struct event e = {.hart = s->hart, .pc = h->pc, .mode = h->mode, .pa = s->pa};
    switch (s->kind) {
    case SIGHT_TRAP:
        note_trap(h, &e);
        break;
    case SIGHT_RETURN:
        e.kind = h->mode == MODE_U ? EVENT_RETURN : 0;
        e.mode = MODE_S;
        break;
    case SIGHT_FENCE:
        e.kind = EVENT_FENCE;
        break;
    case SIGHT_SATP:
    case SIGHT_TABLE:
        e.before = s->was;
        e.after = s->is;
        if (s->was != s->is)
            e.kind = s->kind == SIGHT_SATP ? EVENT_SATP : EVENT_ENTRY;
        break;
    }
    return e;
}

static bool
wanted_trap(const struct wanted *w, const struct event *e, uint64 a7)
{
    bool call = e->cause >= CAUSE_ECALL_U && e->cause <= CAUSE_ECALL_M;
    if (e->kind != EVENT_EXCEPTION)
        return true;
    return (w->causes >> e->cause & 1) && (!call || w->number == ~0ULL || w->number == a7);
}

static bool
matches(const struct wanted *w, const struct event *e, uint64 a7)
{
    return (w->kinds & e->kind) && (w->modes >> e->mode & 1) && (w->harts >> e->hart & 1) &&
           wanted_trap(w, e, a7);
}

static void
hear(void *arg, struct machine *m, const struct sight_event *s)
{
    struct listening *l = ((struct web_host *)arg)->listening;
    struct event e = described(m, s);
    if (!matches(l->w, &e, m->s.hart[s->hart].x[17]))
        return;
    l->event = e;
    m->stop = STOP_BREAK;
    machine_attention(m, s->hart);
}

// A store to a page that no live tree has is not remembered, and no event.
static bool
counts(const struct machine *m, const struct event *e, uint32 changes)
{
    return e->kind != EVENT_ENTRY || m->s.log.next != changes;
}

// Runs until an event that `w` wants has happened: struct wanted, struct event. Returns 1 then; 0:
// `steps` have been made; 2 and more: one more than the machine's reason to stop (enum stop). With
// w->last the run goes on to its end, and *out is the last event; its kind is 0 if there was none.
uint32
web_until(struct machine *m, const struct wanted *w, uint64 steps, struct event *out)
{
    struct listening l = {.w = w};
    struct web_host *host = m->host.arg;
    uint64 end = machine_position(m) + steps;
    enum stop stop = STOP_NONE;
    *out = (struct event){0};
    host->listening = &l;
    m->host.event = hear;
    while (machine_position(m) < end && (stop == STOP_NONE || stop == STOP_BREAK)) {
        uint32 changes = m->s.log.next;
        l.event.kind = 0;
        stop = history_run(m, end - machine_position(m));
        if (l.event.kind == 0 || !counts(m, &l.event, changes))
            continue;
        *out = l.event;
        out->position = machine_position(m);
        if (!w->last)
            break;
    }
    m->host.event = NULL;
    if (out->kind != 0 && !w->last)
        return 1;
    return stop == STOP_NONE || stop == STOP_BREAK ? 0 : (uint32)stop + 1;
}

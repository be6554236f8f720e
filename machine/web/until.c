// SPDX-License-Identifier: MIT
// until.c - runs step by step up to an event that a person wants to see.
//
// Theory    An event is seen by its effect: the harts' registers before and after one step. The
//           machine is not changed by this, and a run in steps is the same run.
// Next      time/snapshot.h
#include "run.h"
#include "sight/guest.h"
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

#define SFENCE_MASK  0xfe007fffU
#define SFENCE_MATCH 0x12000073U

struct wanted {
    uint64 kinds;
    uint64 causes; // exceptions: bits of the causes that are wanted
    uint64 modes;  // bits: the mode that the hart was in before the step
    uint64 harts;  // bits
    uint64 number; // ecalls: a7 must be this; ~0: any
};

struct event {
    uint64 kind, hart, position; // the position after the step
    uint64 pc, mode;             // before it
    uint64 cause, value;         // of a trap: scause and stval, or mcause and mtval
    uint64 before, after;        // satp, or the entry
    uint64 pa;                   // of the entry
};

struct before {
    struct {
        uint64 pc, satp, a7, steps;
        uint8 mode;
    } hart[HARTS_MAX];
    uint32 changes;
};

EXPORT uint32 web_until(struct machine *m, const struct wanted *w, uint64 steps, struct event *out);

static void
note(const struct machine *m, struct before *b)
{
    for (unsigned i = 0; i < m->config.harts; i++) {
        const struct hart *h = &m->s.hart[i];
        b->hart[i].pc = h->pc;
        b->hart[i].satp = h->satp;
        b->hart[i].a7 = h->x[17];
        b->hart[i].steps = h->steps;
        b->hart[i].mode = h->mode;
    }
    b->changes = m->s.log.next;
}

// Is the hart at the beginning of a handler, having come there by a trap?
static bool
trapped(const struct hart *h, uint64 pc, uint64 *cause, uint64 *value)
{
    bool s = h->mode == MODE_S && h->pc == (h->stvec & ~3ULL) && h->sepc == pc;
    bool m = h->mode == MODE_M && h->pc == (h->mtvec & ~3ULL) && h->mepc == pc;
    *cause = s ? h->scause : h->mcause;
    *value = s ? h->stval : h->mtval;
    return s || m;
}

static bool
is_fence(const struct machine *m, unsigned hart, uint64 pc)
{
    uint64 low, high;
    if (m->s.hart[hart].pc != pc + 4 || !guest_read(m, hart, pc, 2, PT_EXEC, &low) ||
        (low & 0x7fff) != (SFENCE_MATCH & 0x7fff) ||
        !guest_read(m, hart, pc + 2, 2, PT_EXEC, &high))
        return false;
    return ((uint32)(low | high << 16) & SFENCE_MASK) == SFENCE_MATCH;
}

static bool
wanted_trap(const struct wanted *w, const struct event *e, uint64 a7)
{
    bool call = e->cause >= CAUSE_ECALL_U && e->cause <= CAUSE_ECALL_M;
    if (e->kind == EVENT_INTERRUPT)
        return true;
    return (w->causes >> e->cause & 1) && (!call || w->number == ~0ULL || w->number == a7);
}

// The kind of the hart's step. 0: of no interest.
static void
tell(const struct machine *m, const struct before *b, struct event *e)
{
    const struct hart *h = &m->s.hart[e->hart];
    const struct table_change *c = &m->s.log.change[(m->s.log.next - 1) % TABLE_CHANGES];
    if (trapped(h, e->pc, &e->cause, &e->value)) {
        e->kind = e->cause >> 63 ? EVENT_INTERRUPT : EVENT_EXCEPTION;
    } else if (h->satp != b->hart[e->hart].satp) {
        e->kind = EVENT_SATP;
        e->before = b->hart[e->hart].satp;
        e->after = h->satp;
    } else if (m->s.log.next != b->changes) {
        e->kind = EVENT_ENTRY;
        e->before = c->was;
        e->after = c->is;
        e->pa = c->pa;
    } else if (h->mode == MODE_U && e->mode != MODE_U) {
        e->kind = EVENT_RETURN;
    } else if (e->mode != MODE_U && is_fence(m, (unsigned)e->hart, e->pc)) {
        e->kind = EVENT_FENCE;
    }
}

static bool
matches(const struct wanted *w, const struct before *b, const struct event *e)
{
    return (w->kinds & e->kind) && (w->modes >> e->mode & 1) && (w->harts >> e->hart & 1) &&
           (!(e->kind & (EVENT_EXCEPTION | EVENT_INTERRUPT)) ||
            wanted_trap(w, e, b->hart[e->hart].a7));
}

// Runs until an event that `w` wants has happened: struct wanted, struct event. Returns 1 then; 0:
// `steps` have been made; 2 and more: one more than the machine's reason to stop (enum stop).
uint32
web_until(struct machine *m, const struct wanted *w, uint64 steps, struct event *out)
{
    struct before b;
    for (; steps > 0; steps--) {
        note(m, &b);
        uint64 position = machine_position(m);
        enum stop stop = history_run(m, 1);
        if (stop != STOP_NONE)
            return (uint32)stop + 1;
        unsigned hart = m->s.turns.hart;
        *out = (struct event){.hart = hart,
                              .position = position + 1,
                              .pc = b.hart[hart].pc,
                              .mode = b.hart[hart].mode};
        if (b.hart[hart].steps == m->s.hart[hart].steps)
            continue;
        tell(m, &b, out);
        if (matches(w, &b, out))
            return 1;
    }
    return 0;
}

// SPDX-License-Identifier: MIT
// traploop.c - a hart that takes the same trap for ever, because its handler cannot run.
//
// Theory    A handler that faults traps to itself: its stack is not mapped, or its address cannot be
//           executed. A kernel prints nothing then. A loop is the same cause at the same pc many
//           times in a row, soon after each other, and no return from a trap in between. Interrupts
//           of M-mode may come meanwhile: each mode has a chain of its own.
// Promises  silence: a handler that works leaves by mret or sret, which ends the chain.
#include "check/traploop.h"

#include "machine.h"

#define LOOP_TRAPS 100
#define LOOP_STEPS 64 // of the hart, from one trap to the next

static struct trap_chain *
chain_of(struct machine *m, unsigned hart, bool supervisor)
{
    return &m->sight->chain[hart][supervisor];
}

// Notes the trap in its chain.
static void
note(struct trap_chain *c, const struct taken *t, uint64 steps)
{
    bool same = c->count > 0 && c->last.epc == t->epc && c->last.cause == t->cause;
    if (same && steps - c->steps > LOOP_STEPS)
        c->count = 0;
    if (c->count > 0 && !same)
        c->before = c->last;
    c->count = same ? c->count + (c->count <= LOOP_TRAPS) : 1;
    c->last = *t;
    c->steps = steps;
}

void
traploop_taken(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    bool supervisor = h->mode == MODE_S;
    uint64 cause = supervisor ? h->scause : h->mcause;
    struct trap_chain *c = chain_of(m, hart, supervisor);
    struct taken t = {.epc = supervisor ? h->sepc : h->mepc,
                      .tval = supervisor ? h->stval : h->mtval,
                      .when = machine_position(m),
                      .cause = (int)cause};
    if (cause >> 63)
        return;
    note(c, &t, machine_retired(m, hart));
    if (c->count < LOOP_TRAPS || c->told)
        return;
    c->told = true;
    if (m->host.trap_loop != NULL)
        m->host.trap_loop(m->host.arg, m, &(struct trap_loop){hart, supervisor, *c});
}

void
traploop_left(struct machine *m, unsigned hart, bool supervisor)
{
    *chain_of(m, hart, supervisor) = (struct trap_chain){0};
}

// SPDX-License-Identifier: MIT
// traploop.c - a hart that takes the same trap for ever, because its handler cannot run.
//
// Theory    A handler that faults traps to itself: its stack is not mapped, or its address cannot be
//           executed. A kernel prints nothing then. A loop is the same cause at the same pc many
//           times in a row, soon after each other, and no return from a trap in between. Interrupts
//           of M-mode may come meanwhile: each mode has a chain of its own.
// Promises  silence: a handler that works leaves by mret or sret, which ends the chain.
#include "machine.h"
#include "sight/guest.h"
#include "sight/watcher.h"

#define LOOP_TRAPS 100
#define LOOP_STEPS 64 // of the hart, from one trap to the next
#define NEAR_STACK 4096ULL

struct taken {
    uint64 epc, tval;
    uint64 when; // position in the run
    int cause;
};

// The exceptions that one mode of a hart has taken since it last left a handler.
struct trap_chain {
    struct taken last;
    struct taken before; // the last one that was another; when 0: there is none
    uint64 steps;        // of the hart, at the last one
    uint32 count;        // how often the last one has come in a row
    bool told;
};

struct trap_chains {
    struct trap_chain of[HARTS_MAX][2]; // of M-mode, of S-mode
};

static struct trap_chain *
chain_of(struct machine *m, unsigned hart, bool supervisor)
{
    return &SIGHT_STATE(m, traploop, struct trap_chains)->of[hart][supervisor];
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

static enum pt_access
access_of(int cause)
{
    if (cause == CAUSE_STORE_PAGE || cause == CAUSE_STORE_ACCESS)
        return PT_WRITE;
    return cause == CAUSE_FETCH_PAGE || cause == CAUSE_FETCH_ACCESS ? PT_EXEC : PT_READ;
}

// The sentence for a trap, and what goes in its places.
static void
describe(const struct taken *t, uint64 arg[3])
{
    arg[0] = WORD_TRAP_ADDRESS;
    if (t->cause == CAUSE_ILLEGAL)
        arg[0] = WORD_TRAP_ILLEGAL;
    else if (t->cause >= CAUSE_ECALL_U && t->cause <= CAUSE_ECALL_M)
        arg[0] = WORD_TRAP_ECALL;
    arg[1] = (uint64)t->cause;
    arg[2] = t->tval;
}

static void
tell_before(struct machine *m, unsigned hart, const struct trap_chain *c, struct report *r)
{
    if (c->before.when == 0)
        return;
    struct fact *f = report_since(r, WORD_LOOP_BEFORE);
    f->arg[0] = c->last.when - c->before.when;
    describe(&c->before, &f->arg[1]);
    f->arg[4] = c->before.epc;
    moment_at(m, hart, c->before.epc, &r->moment);
}

static void
tell_do(struct machine *m, unsigned hart, bool supervisor, const struct taken *t, uint64 vector,
        struct report *r)
{
    uint64 sp = m->s.hart[hart].x[2];
    if (t->epc == vector && access_of(t->cause) == PT_EXEC)
        r->todo = (struct fact){.word = WORD_LOOP_VECTOR, .arg = {supervisor}};
    else if (t->tval - sp + NEAR_STACK < 2 * NEAR_STACK)
        r->todo = (struct fact){.word = WORD_LOOP_STACK, .arg = {sp}};
    else
        r->todo.word = WORD_LOOP_HANDLER;
}

static void
tell(struct machine *m, unsigned hart, bool supervisor, const struct trap_chain *c)
{
    const struct hart *h = &m->s.hart[hart];
    const struct taken *t = &c->last;
    uint64 vector = (supervisor ? h->stvec : h->mtvec) & ~3ULL;
    struct report r;
    report_begin(m, &r, REPORT_TRAP_LOOP, hart, t->epc);
    r.fatal = true;
    r.what = (struct fact){.word = WORD_LOOP, .arg = {hart, 0, 0, 0, t->epc, t->when}};
    describe(t, &r.what.arg[1]);
    tell_before(m, hart, c, &r);
    bool page =
        t->cause == CAUSE_FETCH_PAGE || t->cause == CAUSE_LOAD_PAGE || t->cause == CAUSE_STORE_PAGE;
    if (page && guest_walk(m, hart, t->tval, access_of(t->cause), &r.walk.trace)) {
        r.walk.word = WORD_WALK;
        r.walk.arg[0] = h->satp;
    }
    r.rule = (struct fact){.word = WORD_LOOP_RULE, .arg = {supervisor, vector, vector}};
    tell_do(m, hart, supervisor, t, vector, &r);
    report_send(m, &r);
}

static void
trap(struct machine *m, unsigned hart)
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
    tell(m, hart, supervisor, c);
}

static void
left(struct machine *m, unsigned hart, bool supervisor)
{
    *chain_of(m, hart, supervisor) = (struct trap_chain){0};
}

const struct watcher traploop_watcher = {
    .name = "traploop",
    .bytes = sizeof(struct trap_chains),
    .trap = trap,
    .left = left,
};

// SPDX-License-Identifier: MIT
// traploop.c - a hart that takes the same trap for ever, because its handler cannot run.
//
// Theory    If the stack of a handler is not mapped, or its address cannot be executed, the handler
//           itself faults, and traps to itself for ever. The kernel prints nothing then. A loop is
//           the same cause at the same pc many times in a row, soon after each other, with no
//           return from a trap in between. Interrupts of M-mode may come in between: each mode has
//           its own chain.
// Promises  silence: a handler that works leaves by mret or sret, which ends the chain.
#include "check/explain.h"
#include "check/fatal.h"
#include "machine.h"

#define LOOP_TRAPS 100
#define LOOP_STEPS 64 // of the hart, from one trap to the next
#define NEAR_STACK 4096ULL
#define PUSHED     (LOOP_TRAPS * 512ULL) // by all these traps, on a stack that is not there

struct taken {
    uint64 epc, tval;
    uint64 satp; // 0: the access was made without translation
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
    struct {
        struct moment on; // when the kernel last turned interrupts on; position 0: never
        uint64 cause;     // of the interrupt that came then; 0: none
    } early[HARTS_MAX];   // all before stvec was written
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

static void
tell_before(struct machine *m, unsigned hart, const struct trap_chain *c, struct report *r)
{
    if (c->before.when == 0)
        return;
    struct fact *f = report_since(r, WORD_LOOP_BEFORE);
    f->arg[0] = c->last.when - c->before.when;
    explain_trap(c->before.cause, c->before.tval, &f->arg[1]);
    f->arg[4] = c->before.epc;
    moment_at(m, hart, c->before.epc, &r->moment);
}

// Returns the trap that shows the mistake: the one before, if the last one is only the fetch of a
// handler that is not there, or a push below the stack on which the one before was.
static const struct taken *
culprit(const struct trap_chain *c, uint64 vector)
{
    bool absent = c->last.epc == vector && access_of(c->last.cause) == PT_EXEC;
    bool fault = c->before.when != 0 && memory_fault(c->before.cause);
    bool push = access_of(c->last.cause) == PT_WRITE && access_of(c->before.cause) == PT_WRITE &&
                c->before.tval - c->last.tval < PUSHED;
    return fault && (absent || push) ? &c->before : &c->last;
}

// Returns whether the advice comes from what is known of the tree or of memory: it stays.
static bool
known_reason(enum word word)
{
    return word == WORD_DO_ROOT_FREE || word == WORD_DO_SLOT || word == WORD_NO_PMP_DO ||
           word == WORD_DO_SWITCH || word == WORD_DO_OWN || word == WORD_DO_TRAPFRAME;
}

static void
tell_why(struct machine *m, unsigned hart, bool supervisor, const struct trap_chain *c,
         uint64 vector, struct report *r)
{
    const struct hart *h = &m->s.hart[hart];
    const struct taken *t = culprit(c, vector);
    uint64 sp = h->x[2];
    struct access a = {.satp = t->satp,
                       .va = t->tval,
                       .kind = access_of(t->cause),
                       .sum = (h->mstatus & STATUS_SUM) != 0,
                       .pid = facts_pid(m, hart)};
    if (memory_fault(t->cause))
        explain_access(m, &a, r);
    bool table = known_reason(r->todo.word);
    if (!table && t == &c->last && t->epc == vector && a.kind == PT_EXEC)
        r->todo = (struct fact){.word = WORD_LOOP_VECTOR, .arg = {supervisor}};
    else if (!table && r->walk.trace.rule == RULE_VALID &&
             t->tval - sp + NEAR_STACK < 2 * NEAR_STACK)
        r->todo = (struct fact){.word = WORD_LOOP_STACK, .arg = {sp}};
    else if (r->todo.word == WORD_NONE)
        r->todo.word = WORD_LOOP_HANDLER;
    if (memory_fault(t->cause) && a.kind != PT_EXEC)
        fatal_null(m, a.va, a.pid, t->when, r);
}

// Reports that the first of the traps was an interrupt, and stvec had not been written yet.
static void
tell_early(struct machine *m, unsigned hart, struct report *r)
{
    const struct trap_chains *w = SIGHT_STATE(m, traploop, struct trap_chains);
    const struct moment *on = &w->early[hart].on;
    *report_since(r, WORD_NONE) =
        (struct fact){.word = WORD_LOOP_EARLY, .arg = {w->early[hart].cause & 63}, .moment = *on};
    r->site = moment_pc(m, on, 0);
    r->todo = (struct fact){.word = WORD_LOOP_EARLY_DO, .arg = {r->site}};
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
    if (culprit(c, vector) != t) {
        t = &c->before;
        r.site = t->epc;
        r.what.word = WORD_LOOP_CULPRIT;
        r.what.arg[4] = t->epc;
        moment_at(m, hart, t->epc, &r.moment);
    } else {
        tell_before(m, hart, c, &r);
    }
    explain_trap(t->cause, t->tval, &r.what.arg[1]);
    tell_why(m, hart, supervisor, c, vector, &r);
    if (supervisor && vector == 0 && c->before.when == 0 &&
        SIGHT_STATE(m, traploop, struct trap_chains)->early[hart].cause != 0)
        tell_early(m, hart, &r);
    r.rule = (struct fact){.word = WORD_LOOP_RULE, .arg = {supervisor, vector, vector}};
    report_send(m, &r);
}

static void
enabled(struct machine *m, unsigned hart)
{
    if (m->s.hart[hart].stvec == 0)
        moment_now(m, hart, &SIGHT_STATE(m, traploop, struct trap_chains)->early[hart].on);
}

static void
interrupt(struct machine *m, unsigned hart, bool supervisor)
{
    struct trap_chains *w = SIGHT_STATE(m, traploop, struct trap_chains);
    if (supervisor && m->s.hart[hart].stvec == 0 && w->early[hart].on.position != 0)
        w->early[hart].cause = m->s.hart[hart].scause;
}

// Returns the satp that was in force in the mode that has trapped; 0: none.
static uint64
satp_before(const struct hart *h, bool supervisor)
{
    bool from_machine = !supervisor && (h->mstatus & STATUS_MPP) == STATUS_MPP;
    return from_machine ? 0 : h->satp;
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
                      .satp = satp_before(h, supervisor),
                      .when = machine_position(m),
                      .cause = (int)cause};
    if (cause >> 63) {
        interrupt(m, hart, supervisor);
        return;
    }
    note(c, &t, machine_steps(m, hart));
    if (c->count < LOOP_TRAPS || c->told)
        return;
    c->told = true;
    tell(m, hart, supervisor, c);
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    *chain_of(m, hart, supervisor) = (struct trap_chain){0};
}

const struct check traploop_check = {
    .name = "traploop",
    .bytes = sizeof(struct trap_chains),
    .trap = trap,
    .trap_return = trap_return,
    .enabled = enabled,
};

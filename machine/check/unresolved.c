// SPDX-License-Identifier: MIT
// unresolved.c - a fault that the kernel returns from, and that comes again at once, for ever.
//
// Theory    The handler returns as if it had resolved the fault, and the hart takes the same trap
//           again before it has executed an instruction. One such kernel leaves M-mode without a
//           PMP entry, and its handler in M-mode expects only the timer.
// Promises  silence: a correct kernel may get a fault a few times (the access crosses pages, harts
//           race), but not many times in a row, at one address, with no system call in between.
#include "check/explain.h"
#include "check/fatal.h"
#include "machine.h"

#define AGAIN_TRAPS 300
#define AGAIN_STEPS 10000 // of all harts, from kalloc() to the trap

struct repeat {
    uint64 cause, epc, tval, satp;
    uint64 back; // steps of the hart at the last return
    uint32 count;
};

struct unresolved {
    struct repeat of[HARTS_MAX];
};

static struct repeat *
state(struct machine *m, unsigned hart)
{
    return &SIGHT_STATE(m, unresolved, struct unresolved)->of[hart];
}

// The exception that the hart has just taken.
struct exception {
    uint64 cause, epc, tval;
    unsigned from; // MODE_...
};

static struct exception
taken(const struct hart *h)
{
    if (h->mode == MODE_M)
        return (struct exception){h->mcause, h->mepc, h->mtval,
                                  (unsigned)((h->mstatus & STATUS_MPP) >> 11)};
    return (struct exception){h->scause, h->sepc, h->stval,
                              h->mstatus & STATUS_SPP ? MODE_S : MODE_U};
}

static void
tell(struct machine *m, unsigned hart, const struct exception *e)
{
    const struct hart *h = &m->s.hart[hart];
    int cause = (int)e->cause;
    struct access a = {.satp = e->from == MODE_M ? 0 : h->satp,
                       .va = e->tval,
                       .kind = access_of(cause),
                       .user = e->from == MODE_U,
                       .sum = (h->mstatus & STATUS_SUM) != 0,
                       .pid = facts_pid(m, hart)};
    struct report r;
    report_begin(m, &r, REPORT_UNRESOLVED, hart, e->epc);
    r.fatal = true;
    r.moment = (struct moment){.position = r.when, .mode = MODE_U};
    r.what = (struct fact){.word = a.user ? WORD_UNRESOLVED : WORD_UNRESOLVED_KERNEL,
                           .arg = {hart, e->epc}};
    explain_trap(cause, e->tval, &r.what.arg[2]);
    if (memory_fault(cause))
        explain_access(m, &a, &r);
    const struct moment *null = fatal_starved(m, hart, AGAIN_STEPS);
    if (null != NULL)
        report_near(&r, WORD_NEAR_FULL)->moment = *null;
    if (r.todo.word != WORD_NO_PMP_DO)
        r.todo.word = WORD_UNRESOLVED_DO;
    report_send(m, &r);
}

static void
trap(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    struct repeat *r = state(m, hart);
    struct exception e = taken(h);
    if (e.cause >> 63)
        return;
    if (e.cause >= CAUSE_ECALL_U && e.cause <= CAUSE_ECALL_M) {
        *r = (struct repeat){0}; // the program goes on
        return;
    }
    bool same = r->cause == e.cause && r->epc == e.epc && r->tval == e.tval && r->satp == h->satp &&
                machine_steps(m, hart) == r->back;
    r->cause = e.cause;
    r->epc = e.epc;
    r->tval = e.tval;
    r->satp = h->satp;
    r->count = same ? r->count + 1 : 0;
    if (r->count == AGAIN_TRAPS)
        tell(m, hart, &e);
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    (void)supervisor;
    state(m, hart)->back = machine_steps(m, hart);
}

const struct check unresolved_check = {
    .name = "unresolved",
    .bytes = sizeof(struct unresolved),
    .trap = trap,
    .trap_return = trap_return,
};

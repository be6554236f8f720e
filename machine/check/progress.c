// SPDX-License-Identifier: MIT
// progress.c - a handler that returns, and the same trap is taken at once, for ever.
//
// Theory    Between a return and the next trap the hart has executed no instruction. For an
//           exception of user mode at one pc that is a system call that is never left, or a fault
//           that is not resolved; for an interrupt, one whose cause stays.
// Promises  silence: a page fault may come back a few times (the access crosses pages, harts race);
//           many times in a row it is none of that.
#include "check/explain.h"
#include "machine.h"

#define AGAIN_TRAPS 300
#define STORM_TRAPS 2000

struct repeat {
    uint64 cause, epc, satp;
    uint32 count;
};

struct progress {
    uint64 returned[HARTS_MAX]; // retired instructions of the hart when it left a handler, plus one
    uint64 user[HARTS_MAX];     // the same, for user mode
    struct repeat exception[HARTS_MAX], interrupt[HARTS_MAX];
};

static struct progress *
state(struct machine *m)
{
    return SIGHT_STATE(m, progress, struct progress);
}

static uint64
entry_va(const struct machine *m, enum known what, enum known other)
{
    const struct knowing *k = &m->sight->known;
    return k->entry[what] != 0 ? k->entry[what] : k->entry[other];
}

static void
tell_again(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    struct report r;
    bool call = h->scause == CAUSE_ECALL_U;
    report_begin(m, &r, REPORT_NO_PROGRESS, hart, call ? h->stvec : h->sepc);
    r.fatal = true;
    r.moment = (struct moment){.position = r.when, .mode = MODE_U};
    r.what =
        (struct fact){.word = call ? WORD_AGAIN_CALL : WORD_AGAIN_TRAP, .arg = {hart, h->sepc}};
    if (call) {
        r.rule.word = WORD_AGAIN_CALL_RULE;
        r.todo = (struct fact){.word = WORD_AGAIN_CALL_DO,
                               .arg = {entry_va(m, KNOWN_USERTRAP, KNOWN_USERTRAP)}};
    } else {
        struct access a = {h->satp, h->stval, access_of((int)h->scause),
                           true,    false,    facts_pid(m, hart)};
        explain_trap((int)h->scause, h->stval, &r.what.arg[2]);
        if (page_fault((int)h->scause))
            explain_access(m, &a, &r);
        r.todo.word = WORD_AGAIN_TRAP_DO;
    }
    report_send(m, &r);
}

static void
tell_storm(struct machine *m, unsigned hart, unsigned number)
{
    const struct hart *h = &m->s.hart[hart];
    struct report r;
    bool timer = number == 5 || number == 7;
    uint64 guilty = entry_va(m, timer ? KNOWN_CLOCKINTR : KNOWN_DEVINTR, KNOWN_DEVINTR);
    report_begin(m, &r, REPORT_STORM, hart, guilty);
    r.fatal = true;
    r.what = (struct fact){.word = WORD_STORM, .arg = {hart, number}};
    r.rule.word = timer ? WORD_STORM_TIMER_RULE : WORD_STORM_RULE;
    if (timer && (h->menvcfg >> 63))
        *report_near(&r, WORD_NONE) =
            (struct fact){.word = WORD_STORM_TIMER_NEAR, .arg = {machine_time(m), h->stimecmp}};
    r.todo = (struct fact){.word = timer ? WORD_STORM_TIMER_DO : WORD_STORM_DO, .arg = {guilty}};
    report_send(m, &r);
}

// Counts a trap that has come at once after a return. Returns how often it has, in a row.
static uint32
again(struct repeat *r, bool at_once, uint64 cause, uint64 epc, uint64 satp)
{
    bool same = at_once && r->cause == cause && r->epc == epc && r->satp == satp;
    *r = (struct repeat){cause, epc, satp, same ? r->count + 1 : 0};
    return r->count;
}

static void
trap(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    struct progress *p = state(m);
    uint64 retired = machine_retired(m, hart);
    bool user = !(h->mstatus & STATUS_SPP);
    if (h->mode != MODE_S)
        return;
    if (h->scause >> 63) {
        bool at_once = retired <= p->returned[hart];
        if (again(&p->interrupt[hart], at_once, h->scause, 0, 0) == STORM_TRAPS)
            tell_storm(m, hart, (unsigned)h->scause & 63);
    } else if (user) {
        bool at_once = retired <= p->user[hart];
        if (again(&p->exception[hart], at_once, h->scause, h->sepc, h->satp) == AGAIN_TRAPS)
            tell_again(m, hart);
    }
}

static void
left(struct machine *m, unsigned hart, bool supervisor)
{
    struct progress *p = state(m);
    (void)supervisor;
    p->returned[hart] = machine_retired(m, hart) + 1;
    if (m->s.hart[hart].mode == MODE_U)
        p->user[hart] = p->returned[hart];
}

const struct watcher progress_watcher = {
    .name = "progress",
    .bytes = sizeof(struct progress),
    .trap = trap,
    .left = left,
};

// SPDX-License-Identifier: MIT
// delegated.c - exceptions of user mode that M-mode takes, since medeleg does not hand them on.
//
// Theory    A kernel in S-mode handles system calls and page faults. If the bit of such a trap is
//           clear in medeleg, the trap goes to M-mode, where the kernel has a handler of the timer,
//           or none. That handler returns to the same instruction, which traps again.
// Promises  silence: firmware that emulates an instruction returns to the next one; firmware that
//           resolves a fault does not get it again. A kernel without translation may be meant to
//           run in M-mode.
#include "check/explain.h"
#include "machine.h"
#include "mmu/satp.h"

#define TIMES 3 // in a row

struct delegated {
    struct {
        uint64 epc, cause;
        unsigned count; // how often it has come in a row
        bool inside;    // the handler has not returned
    } of[HARTS_MAX];
};

static struct delegated *
state(struct machine *m)
{
    return SIGHT_STATE(m, delegated, struct delegated);
}

static void
tell(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    struct report r;
    report_begin(m, &r, REPORT_DELEGATED, hart, h->mcause);
    r.moment = (struct moment){.position = r.when, .pid = (int16)facts_pid(m, hart)};
    r.what = (struct fact){.word = WORD_DELEGATED, .arg = {hart, 0, 0, 0, h->mepc}};
    explain_trap((int)h->mcause, h->mtval, &r.what.arg[1]);
    r.rule = (struct fact){.word = WORD_DELEGATED_RULE, .arg = {h->medeleg, h->mcause}};
    r.todo = (struct fact){.word = WORD_DELEGATED_DO, .arg = {h->mcause}};
    r.fatal = true;
    report_send(m, &r);
}

static void
trap(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    struct delegated *w = state(m);
    bool machine = h->mode == MODE_M, interrupt = (machine ? h->mcause : h->scause) >> 63;
    if (interrupt)
        return;
    if (!machine || (h->mstatus & STATUS_MPP) != 0 || satp_levels(h->satp) == 0 ||
        (h->mcause != CAUSE_ECALL_U && !page_fault((int)h->mcause))) {
        w->of[hart].count = 0;
        return;
    }
    bool again = w->of[hart].epc == h->mepc && w->of[hart].cause == h->mcause;
    w->of[hart].count = again ? w->of[hart].count + 1 : 1;
    w->of[hart].epc = h->mepc;
    w->of[hart].cause = h->mcause;
    w->of[hart].inside = true;
    if (h->mtvec == 0 || w->of[hart].count == TIMES)
        tell(m, hart);
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    struct delegated *w = state(m);
    if (supervisor || !w->of[hart].inside)
        return;
    w->of[hart].inside = false;
    if (m->s.hart[hart].pc != w->of[hart].epc)
        w->of[hart].count = 0;
}

const struct check delegated_check = {
    .name = "delegated",
    .bytes = sizeof(struct delegated),
    .trap = trap,
    .trap_return = trap_return,
};

// SPDX-License-Identifier: MIT
// unresolved.c - a fault of a user program that the kernel returns from, and that comes again.
//
// Theory    Between the return and the next trap the hart has executed no instruction, and the trap
//           is the same one: the handler returns as if it had resolved the fault, for ever.
// Promises  silence: a fault may come back a few times (the access crosses pages, harts race); many
//           times in a row it is none of that.
#include "check/explain.h"
#include "machine.h"

#define AGAIN_TRAPS 300

struct repeat {
    uint64 cause, epc, satp;
    uint64 back; // instructions that the hart had retired after the last return
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

static void
tell(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    struct access a = {.satp = h->satp,
                       .va = h->stval,
                       .kind = access_of((int)h->scause),
                       .user = true,
                       .pid = facts_pid(m, hart)};
    struct report r;
    report_begin(m, &r, REPORT_UNRESOLVED, hart, h->sepc);
    r.fatal = true;
    r.moment = (struct moment){.position = r.when, .mode = MODE_U};
    r.what = (struct fact){.word = WORD_UNRESOLVED, .arg = {hart, h->sepc}};
    explain_trap((int)h->scause, h->stval, &r.what.arg[2]);
    if (page_fault((int)h->scause))
        explain_access(m, &a, &r);
    r.todo.word = WORD_UNRESOLVED_DO;
    report_send(m, &r);
}

static void
trap(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    struct repeat *r = state(m, hart);
    if (h->mode != MODE_S || (h->mstatus & STATUS_SPP) || h->scause >> 63 ||
        h->scause == CAUSE_ECALL_U)
        return;
    bool same = r->cause == h->scause && r->epc == h->sepc && r->satp == h->satp &&
                machine_retired(m, hart) <= r->back;
    r->cause = h->scause;
    r->epc = h->sepc;
    r->satp = h->satp;
    r->count = same ? r->count + 1 : 0;
    if (r->count == AGAIN_TRAPS)
        tell(m, hart);
}

static void
left(struct machine *m, unsigned hart, bool supervisor)
{
    (void)supervisor;
    if (m->s.hart[hart].mode == MODE_U)
        state(m, hart)->back = machine_retired(m, hart) + 1;
}

const struct watcher unresolved_watcher = {
    .name = "unresolved",
    .bytes = sizeof(struct unresolved),
    .trap = trap,
    .left = left,
};

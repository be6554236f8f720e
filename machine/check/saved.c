// SPDX-License-Identifier: MIT
// saved.c - registers of a user program that the trap entry does not save.
//
// Theory    When usertrap() begins, the trapframe of the process must hold the registers that the
//           program had at the trap. They are compared if debug information tells the place of
//           each.
// Next      check/registers.c: the registers that come back
#include "machine.h"
#include "sight/check.h"

enum { A0 = 10, REGISTERS = 32 };

struct saved {
    bool on;
    uint64 pc, x[REGISTERS];
};

struct saved_state {
    struct saved trap[HARTS_MAX]; // the last one of user mode
};

static struct saved *
last(struct machine *m, unsigned hart)
{
    return &SIGHT_STATE(m, saved, struct saved_state)->trap[hart];
}

// Returns the address of register 1 in the trapframe of the hart's process; 0: not known, or the
// trapframe does not have the usual order.
static uint64
frame_of(const struct machine *m, unsigned hart)
{
    uint64 proc = facts_current(m, hart), frame;
    bool usual = facts_have(m, FACT_BIT(TRAPFRAME_RA) | FACT_BIT(TRAPFRAME_A0)) &&
                 fact(m, FACT_TRAPFRAME_A0) == fact(m, FACT_TRAPFRAME_RA) + 8 * (A0 - 1);
    if (!usual || proc == 0 || !facts_field(m, proc, FACT_PROC_TRAPFRAME, 8, &frame) ||
        !ram_has(&m->ram, frame, PAGE_BYTES))
        return 0;
    return frame + fact(m, FACT_TRAPFRAME_RA);
}

static void
tell(struct machine *m, unsigned hart, unsigned i, uint64 at)
{
    const struct saved *t = last(m, hart);
    uint64 is = *(const uint64 *)ram_at(&m->ram, at);
    struct report r;
    report_begin(m, &r, REPORT_NOT_SAVED, hart, m->s.hart[hart].stvec);
    r.moment = (struct moment){.position = r.when, .mode = MODE_U};
    r.what = (struct fact){.word = WORD_NOT_SAVED,
                           .arg = {i, t->pc, t->x[i], is, (uint64)facts_pid(m, hart)}};
    report_since(&r, WORD_NOT_SAVED_STORED)->stored = at;
    r.rule.word = WORD_NOT_SAVED_RULE;
    r.todo = (struct fact){.word = WORD_NOT_SAVED_DO, .arg = {i}};
    report_send(m, &r);
}

static void
trap(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    struct saved *t = last(m, hart);
    if (h->mode != MODE_S || (h->mstatus & STATUS_SPP))
        return;
    t->on = true;
    t->pc = h->sepc;
    for (unsigned i = 0; i < REGISTERS; i++)
        t->x[i] = h->x[i];
}

// Compares the trapframe with the registers at the trap, when usertrap() begins.
static void
called(struct machine *m, const struct call *c)
{
    struct saved *t = last(m, c->hart);
    uint64 frame = t->on ? frame_of(m, c->hart) : 0;
    t->on = false;
    for (unsigned i = 1; frame != 0 && i < REGISTERS; i++) {
        uint64 at = frame + 8 * (i - 1);
        if (*(const uint64 *)ram_at(&m->ram, at) == t->x[i])
            continue;
        tell(m, c->hart, i, at);
        return;
    }
}

const struct check saved_check = {
    .name = "saved",
    .bytes = sizeof(struct saved_state),
    .calls = KNOWN_BIT(USERTRAP),
    .called = called,
    .trap = trap,
};

// SPDX-License-Identifier: MIT
// registers.c - registers of a user program that a trap loses.
//
// Theory    A trap is invisible to the program: where it goes on at the same pc, all registers are
//           as they were; behind a system call, all but a0. A return from an interrupt to another
//           pc is an upcall (an alarm): a later system call that leads back to the interrupted pc
//           must bring all registers back, and a second upcall before it overwrites what was saved.
//           The process is told by the page of the kernel stack that usertrap() runs on.
// Promises  silence: exec() and the first return of a child begin anew.
#include "machine.h"
#include "sight/guest.h"
#include "sight/watcher.h"

#define STACKS 128

enum { SP = 2, A0 = 10, REGISTERS = 32 };

struct registers {
    bool on;
    uint64 pc, when;
    uint64 x[REGISTERS];
};

struct user {
    uint64 stack; // page of the kernel stack
    uint64 cause;
    uint64 used;
    struct registers trap;   // at the trap that the kernel is in
    struct registers upcall; // at the interrupt that led to a handler of the program
};

struct users {
    struct registers fresh[HARTS_MAX]; // at the last trap of user mode
    uint64 cause[HARTS_MAX];
    struct user *now[HARTS_MAX]; // the process that is about to return
    struct user of[STACKS];
};

static struct users *
state(struct machine *m)
{
    return SIGHT_STATE(m, registers, struct users);
}

static struct user *
of_stack(struct machine *m, const struct call *c)
{
    struct users *s = state(m);
    struct user *oldest = &s->of[0];
    uint64 pa;
    if (!guest_translate(m, c->hart, c->sp - 8, PT_READ, &pa))
        return NULL;
    for (unsigned i = 0; i < STACKS; i++) {
        if (s->of[i].stack == pa >> PAGE_BITS)
            return &s->of[i];
        if (s->of[i].used < oldest->used)
            oldest = &s->of[i];
    }
    *oldest = (struct user){.stack = pa >> PAGE_BITS};
    return oldest;
}

static void
copy(const struct machine *m, unsigned hart, uint64 pc, struct registers *r)
{
    *r = (struct registers){.on = true, .pc = pc, .when = m->sight->now};
    for (unsigned i = 0; i < REGISTERS; i++)
        r->x[i] = m->s.hart[hart].x[i];
}

// The first register that differs from the hart's; 0: none does. `but` does not count.
static unsigned
lost(const struct machine *m, unsigned hart, const struct registers *r, unsigned but)
{
    for (unsigned i = 1; i < REGISTERS; i++)
        if (i != but && r->x[i] != m->s.hart[hart].x[i])
            return i;
    return 0;
}

// Where the trapframe of the hart's process keeps a register; 0: not known.
static uint64
saved_at(const struct machine *m, unsigned hart, unsigned i)
{
    uint64 proc = facts_current(m, hart), frame;
    bool usual = facts_have(m, FACT_BIT(TRAPFRAME_RA) | FACT_BIT(TRAPFRAME_A0)) &&
                 fact(m, FACT_TRAPFRAME_A0) == fact(m, FACT_TRAPFRAME_RA) + 8 * (A0 - 1);
    if (!usual || proc == 0 || !facts_field(m, proc, FACT_PROC_TRAPFRAME, 8, &frame) ||
        !ram_has(&m->ram, frame, PAGE_BYTES))
        return 0;
    return frame + fact(m, FACT_TRAPFRAME_RA) + 8 * (i - 1);
}

static void
tell(struct machine *m, unsigned hart, enum word what, unsigned i, const struct registers *was,
     uint64 is, uint64 site)
{
    struct report r;
    uint64 at = saved_at(m, hart, i);
    report_begin(m, &r, REPORT_REGISTERS, hart, site);
    r.moment =
        (struct moment){.position = r.when, .pid = (int16)facts_pid(m, hart), .mode = MODE_U};
    r.what = (struct fact){.word = what, .arg = {i, was->pc, was->x[i], is, (uint64)r.moment.pid}};
    if (at != 0 && what != WORD_UPCALL_AGAIN)
        report_since(&r, WORD_REGISTER_STORED)->stored = at;
    r.rule.word = WORD_REGISTER_RULE;
    r.todo.arg[0] = i;
    r.todo.word = what == WORD_REGISTER_SAVED ? WORD_REGISTER_SAVED_DO
                  : what == WORD_UPCALL_AGAIN ? WORD_UPCALL_DO
                                              : WORD_REGISTER_DO;
    report_send(m, &r);
}

static void
trap(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    struct users *s = state(m);
    if (h->mode != MODE_S || (h->mstatus & STATUS_SPP))
        return;
    copy(m, hart, h->sepc, &s->fresh[hart]);
    s->cause[hart] = h->scause;
}

// usertrap() begins: is each register in the trapframe?
static void
entered(struct machine *m, const struct call *c)
{
    struct users *s = state(m);
    struct user *u = of_stack(m, c);
    const struct registers *r = &s->fresh[c->hart];
    if (u == NULL || !r->on)
        return;
    u->trap = *r;
    u->cause = s->cause[c->hart];
    u->used = m->sight->now;
    for (unsigned i = 1; i < REGISTERS; i++) {
        uint64 at = saved_at(m, c->hart, i);
        uint64 is = at != 0 ? *(const uint64 *)ram_at(&m->ram, at) : r->x[i];
        if (is == r->x[i])
            continue;
        tell(m, c->hart, WORD_REGISTER_SAVED, i, r, is, m->s.hart[c->hart].stvec);
        return;
    }
}

static void
called(struct machine *m, const struct call *c)
{
    if (c->what == KNOWN_USERTRAP)
        entered(m, c);
    else
        state(m)->now[c->hart] = of_stack(m, c);
}

// An interrupt or a fault returns.
static void
back(struct machine *m, unsigned hart, struct user *u)
{
    const struct hart *h = &m->s.hart[hart];
    unsigned i = lost(m, hart, &u->trap, 0);
    if (h->pc == u->trap.pc && i != 0) {
        tell(m, hart, WORD_REGISTER_LOST, i, &u->trap, h->x[i], h->stvec);
    } else if (h->pc != u->trap.pc && u->cause >> 63) {
        if (u->upcall.on)
            tell(m, hart, WORD_UPCALL_AGAIN, SP, &u->upcall, h->pc,
                 m->sight->known.entry[KNOWN_USERTRAP]);
        u->upcall = u->trap;
    }
}

// A system call returns.
static void
call_back(struct machine *m, unsigned hart, struct user *u)
{
    const struct hart *h = &m->s.hart[hart];
    uint64 guilty = m->sight->known.entry[KNOWN_SIGRETURN];
    unsigned i;
    if (h->pc == u->trap.pc + 4) {
        i = lost(m, hart, &u->trap, A0);
        if (i != 0 && h->x[SP] == u->trap.x[SP])
            tell(m, hart, WORD_REGISTER_LOST, i, &u->trap, h->x[i], h->stvec);
    } else if (u->upcall.on && h->pc == u->upcall.pc) {
        i = lost(m, hart, &u->upcall, 0);
        if (i != 0)
            tell(m, hart, WORD_REGISTER_UPCALL, i, &u->upcall, h->x[i], guilty);
        u->upcall.on = false;
    } else if (h->pc != u->trap.pc) {
        u->upcall.on = false; // exec()
    }
}

static void
left(struct machine *m, unsigned hart, bool supervisor)
{
    struct user *u = state(m)->now[hart];
    if (!supervisor || m->s.hart[hart].mode != MODE_U)
        return;
    state(m)->now[hart] = NULL;
    state(m)->fresh[hart].on = false;
    if (u == NULL)
        return;
    if (!u->trap.on)
        u->upcall.on = false; // a child's first return
    else if (u->cause == CAUSE_ECALL_U)
        call_back(m, hart, u);
    else
        back(m, hart, u);
    u->trap.on = false;
}

const struct watcher registers_watcher = {
    .name = "registers",
    .bytes = sizeof(struct users),
    .calls = KNOWN_BIT(USERTRAP) | KNOWN_BIT(USERTRAPRET),
    .called = called,
    .trap = trap,
    .left = left,
};

// SPDX-License-Identifier: MIT
// registers.c - user programs that continue with other registers than they had, or do not continue.
//
// Theory    When a program continues after an interrupt, each register must have the value that it
//           had. A system call changes a0 alone. The kernel may send a program to a handler (of a
//           signal or an alarm). It returns from there by a later system call, and then its
//           registers must be those that it had when it was interrupted. If a program executes one
//           ecall again and again, with nothing in between, the kernel does not step over the
//           ecall.
//           A child of fork() begins behind the ecall of its parent, with the registers of its
//           parent, but a0 is 0.
// Promises  silence: threads may share a root and a pid. Each has its own stack: if sp is in
//           another page that the program may use as a stack, another thread goes on. A process is
//           identified by root and pid; a root that was allocated again belongs to another process.
//           A trap makes a record, and the return from it ends the record. Where pids are not
//           known, a fault is not compared: a program that it has ended and one that begins may
//           have the same root and pc. A child is judged if its pid is higher than all pids that
//           were in user mode before fork() returned.
#include "check/blame.h"
#include "check/leaves.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/frames.h"

#define PROGRAMS    64
#define CHILDREN    16
#define STUCK_CALLS 100

enum { SP = 2, A0 = 10, A7 = 17, REGISTERS = 32 };

struct user_state {
    uint64 pc, x[REGISTERS];
    uint64 when;
    bool call;      // it was an ecall
    bool interrupt; // ... or an interrupt
};

// A program that was left in a trap.
struct program {
    uint64 root;
    int pid;                       // -1: not known
    bool trapped;                  // it is in a trap
    struct user_state trap;        // the last trap
    struct user_state interrupted; // the state that a handler has interrupted; when 0: none
    uint64 handler;                // where it was sent then
    uint64 stuck;                  // how often the same ecall has come in a row
    bool sigreturn;                // sys_sigreturn() was called
};

// A child that has not been in user mode.
struct child {
    int pid;                  // 0: none
    struct user_state parent; // at the ecall
};

struct registers_watch {
    struct program of[PROGRAMS];
    uint32 hand;
    struct child child[CHILDREN]; // by pid
    int newest;                   // the highest pid that was in user mode
};

// Returns whether the page of the root has been allocated since the record was made.
static bool
is_other(const struct machine *m, const struct program *p)
{
    const struct frame *f = frames_at(m, p->root);
    return f != NULL && (f->state == FRAME_FREE || f->allocated.position > p->trap.when);
}

static struct program *
find(struct machine *m, unsigned hart, uint64 root, bool make)
{
    struct registers_watch *w = SIGHT_STATE(m, registers, struct registers_watch);
    struct program *oldest = &w->of[0];
    int pid = facts_pid(m, hart);
    for (unsigned i = 0; i < PROGRAMS; i++) {
        if (w->of[i].root == root && w->of[i].pid == pid && !is_other(m, &w->of[i]))
            return &w->of[i];
        if (w->of[i].trap.when < oldest->trap.when)
            oldest = &w->of[i];
    }
    if (!make)
        return NULL;
    *oldest = (struct program){.root = root, .pid = pid};
    return oldest;
}

// --- telling -----------------------------------------------------------------------------------

// Returns whether the trapframe has the value that the register should have: the way back to the
// program has not loaded it. Then userret() is guilty.
static bool
not_loaded(const struct machine *m, unsigned hart, const struct user_state *was, unsigned reg,
           struct report *r)
{
    uint64 frame, value, userret;
    uint64 offset = fact(m, FACT_TRAPFRAME_RA) + 8 * (uint64)(reg - 1);
    if (reg == A0 || !symbols_address(&m->sight->symbols, "userret", &userret) ||
        !facts_field(m, facts_current(m, hart), FACT_PROC_TRAPFRAME, 8, &frame) ||
        !facts_have(m, FACT_BIT(TRAPFRAME_RA)) || !facts_memory(m, frame + offset, 8, &value) ||
        value != was->x[reg])
        return false;
    r->site = userret;
    r->todo = (struct fact){.word = WORD_NOT_LOADED_DO, .arg = {userret, reg}};
    return true;
}

static void
tell_register(struct machine *m, unsigned hart, const struct user_state *was, unsigned reg,
              enum word word)
{
    const struct hart *h = &m->s.hart[hart];
    struct report r;
    report_begin(m, &r, REPORT_REGISTER, hart, word);
    r.what = (struct fact){
        .word = word, .arg = {reg, was->x[reg], h->x[reg], h->pc, was->pc}, .moment = r.moment};
    uint64 frame, proc = facts_current(m, hart), offset = 40 + 8 * (uint64)(reg - 1);
    r.todo.word = WORD_REGISTER_DO;
    bool stored = reg == 0 || !not_loaded(m, hart, was, reg, &r);
    if (stored && facts_field(m, proc, FACT_PROC_TRAPFRAME, 8, &frame)) {
        if (reg != 0)
            *report_since(&r, WORD_NONE) =
                (struct fact){.word = WORD_REGISTER_FROM, .arg = {reg}, .stored = frame + offset};
        *report_since(&r, WORD_NONE) =
            (struct fact){.word = WORD_EPC_FROM, .stored = frame + fact(m, FACT_TRAPFRAME_EPC)};
    }
    report_send(m, &r);
}

static void
tell_stuck(struct machine *m, unsigned hart, const struct program *p)
{
    struct report r;
    report_begin(m, &r, REPORT_ECALL_AGAIN, hart, p->trap.pc);
    r.what = (struct fact){.word = p->stuck == STUCK_CALLS ? WORD_ECALL_AGAIN : WORD_ECALL_INSIDE,
                           .arg = {p->trap.pc, p->trap.x[A7], p->stuck, m->s.hart[hart].pc},
                           .moment = r.moment};
    r.todo =
        (struct fact){.word = WORD_ECALL_AGAIN_DO, .arg = {m->sight->known.entry[KNOWN_USERTRAP]}};
    r.fatal = true;
    report_send(m, &r);
}

static void
tell_reentered(struct machine *m, unsigned hart, const struct program *p)
{
    struct report r;
    report_begin(m, &r, REPORT_REENTERED, hart, p->handler);
    r.what = (struct fact){.word = WORD_REENTERED,
                           .arg = {p->handler, p->trap.pc, r.when - p->interrupted.when},
                           .moment = r.moment};
    uint64 frame, proc = facts_current(m, hart);
    if (facts_field(m, proc, FACT_PROC_TRAPFRAME, 8, &frame))
        *report_since(&r, WORD_NONE) =
            (struct fact){.word = WORD_EPC_FROM, .stored = frame + fact(m, FACT_TRAPFRAME_EPC)};
    r.todo.word = WORD_REENTERED_DO;
    report_send(m, &r);
}

// --- a program goes on -------------------------------------------------------------------------

// Returns whether sp is in another page than it was, one to which the program can store.
static bool
other_stack(const struct machine *m, unsigned hart, const struct user_state *was)
{
    const struct hart *h = &m->s.hart[hart];
    uint64 at = h->x[SP] - 1, user_store = PTE_U | PTE_W;
    struct leaf leaf;
    return (at ^ (was->x[SP] - 1)) >= PAGE_BYTES &&
           leaves_find(m, satp_root(h->satp), satp_levels(h->satp), at, &leaf) &&
           (leaf.pte & user_store) == user_store;
}

// Compares registers, and reports the first that differs; a system call may change a0.
static bool
same(struct machine *m, unsigned hart, const struct user_state *was, bool call, enum word word)
{
    const struct hart *h = &m->s.hart[hart];
    if (other_stack(m, hart, was))
        return true;
    for (unsigned i = 1; i < REGISTERS; i++) {
        if (h->x[i] == was->x[i] || (call && i == A0))
            continue;
        tell_register(m, hart, was, i, word);
        return false;
    }
    return true;
}

// Returns whether the program is sent to a handler before an earlier one has returned: sp is lower
// on the same stack. If the kernel lowers sp, it keeps the interrupted state there, for each
// handler its own.
static bool
reenters(const struct machine *m, unsigned hart, const struct program *p)
{
    const struct hart *h = &m->s.hart[hart];
    return p->interrupted.when != 0 && p->handler == h->pc &&
           p->interrupted.x[SP] - p->trap.x[SP] < 2 * PAGE_BYTES &&
           p->interrupted.x[SP] != p->trap.x[SP] && h->x[SP] == p->trap.x[SP];
}

// The program calls sys_sigreturn().
static void
called(struct machine *m, const struct call *c)
{
    struct program *p = find(m, c->hart, facts_root(m, c->hart), false);
    if (p != NULL)
        p->sigreturn = true;
}

static void
goes_on(struct machine *m, unsigned hart, struct program *p)
{
    const struct hart *h = &m->s.hart[hart];
    const struct user_state *t = &p->trap;
    bool again = h->pc == t->pc;
    if (t->call && again && h->x[A7] == t->x[A7]) {
        if (++p->stuck == STUCK_CALLS)
            tell_stuck(m, hart, p);
        return;
    }
    p->stuck = 0;
    if (t->call && h->pc == t->pc + 4) {
        same(m, hart, t, true, WORD_REGISTER_CALL);
    } else if (t->call && p->interrupted.when != 0 && h->pc == p->interrupted.pc) {
        same(m, hart, &p->interrupted, false, WORD_REGISTER_HANDLER);
        p->interrupted.when = 0;
    } else if (p->sigreturn && p->interrupted.when != 0 && (h->pc != p->handler || h->x[SP] == 0)) {
        tell_register(m, hart, &p->interrupted, 0, WORD_HANDLER_PC);
        p->interrupted.when = 0;
    } else if (t->call && h->pc - t->pc < 12 && h->x[SP] == t->x[SP] && h->x[A7] == t->x[A7]) {
        p->stuck = 1;
        tell_stuck(m, hart, p);
    } else if (!t->call && again && (t->interrupt || p->pid >= 0)) {
        same(m, hart, t, false, WORD_REGISTER_TRAP);
    } else if (t->interrupt && !again) {
        if (reenters(m, hart, p))
            tell_reentered(m, hart, p);
        p->interrupted = *t;
        p->handler = h->pc;
    } else {
        p->interrupted.when = 0; // a new program
    }
}

// --- a child begins ----------------------------------------------------------------------------

// Begins the report of a child, and says where the field of its trapframe comes from.
static void
tell_child(struct machine *m, unsigned hart, const struct user_state *parent, struct fact what,
           struct fact from, enum word todo)
{
    uint64 entry = m->sight->known.entry[KNOWN_FORK], frame;
    struct report r;
    report_begin(m, &r, REPORT_CHILD, hart, entry);
    r.what = what;
    r.what.arg[0] = entry;
    r.what.moment = r.moment;
    if (facts_field(m, facts_current(m, hart), FACT_PROC_TRAPFRAME, 8, &frame) && from.stored != 0)
        *report_since(&r, WORD_NONE) =
            (struct fact){.word = from.word, .arg = {A0}, .stored = frame + from.stored};
    r.rule.word = WORD_CHILD_RULE;
    r.todo = (struct fact){.word = todo, .arg = {entry}};
    if (what.word == WORD_CHILD_REGISTER)
        not_loaded(m, hart, parent, (unsigned)what.arg[1], &r);
    report_send(m, &r);
}

// Compares a child that begins with its parent. Another pc with sp on the same stack may be that of
// a handler.
static void
judge_child(struct machine *m, unsigned hart, const struct user_state *parent)
{
    const struct hart *h = &m->s.hart[hart];
    struct fact what = {.word = WORD_CHILD_PC, .arg = {0, h->pc, parent->pc + 4}}, from = {0};
    if (h->pc != parent->pc + 4) {
        from = (struct fact){.word = WORD_EPC_FROM, .stored = fact(m, FACT_TRAPFRAME_EPC)};
        if (h->pc == parent->pc || parent->x[SP] - h->x[SP] >= 2 * PAGE_BYTES)
            tell_child(m, hart, parent, what, from, WORD_CHILD_DO);
        return;
    }
    unsigned i = 1;
    while (i < REGISTERS && (i == A0 || h->x[i] == parent->x[i]))
        i++;
    if (i < REGISTERS) {
        what = (struct fact){.word = WORD_CHILD_REGISTER, .arg = {0, i, h->x[i], parent->x[i]}};
        tell_child(m, hart, parent, what, from, WORD_CHILD_DO);
    } else if (h->x[A0] != 0) {
        what = (struct fact){.word = WORD_CHILD_A0, .arg = {0, h->x[A0]}};
        from = (struct fact){.word = WORD_REGISTER_FROM, .stored = fact(m, FACT_TRAPFRAME_A0)};
        tell_child(m, hart, parent, what, from, WORD_CHILD_A0_DO);
    }
}

static void
goes_to_user(struct machine *m, unsigned hart)
{
    struct registers_watch *w = SIGHT_STATE(m, registers, struct registers_watch);
    int pid = facts_pid(m, hart);
    if (pid <= 0)
        return;
    struct child *c = &w->child[pid % CHILDREN];
    if (c->pid == pid) {
        judge_child(m, hart, &c->parent);
        c->pid = 0;
    }
    if (pid > w->newest)
        w->newest = pid;
}

// fork() returns to its caller.
static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct registers_watch *w = SIGHT_STATE(m, registers, struct registers_watch);
    const struct program *p = find(m, c->hart, facts_root(m, c->hart), false);
    int pid = (int)result;
    if (p == NULL || !p->trapped || !p->trap.call || pid <= w->newest)
        return;
    struct child *child = &w->child[pid % CHILDREN];
    if (child->pid == pid)
        child->pid = 0; // two children have this pid: which is whose is not known
    else
        *child = (struct child){pid, p->trap};
}

// --- returns to user mode ------------------------------------------------------------------------

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    const struct hart *h = &m->s.hart[hart];
    struct program *p = NULL;
    if (supervisor && h->mode == MODE_U && satp_levels(h->satp) != 0) {
        goes_to_user(m, hart);
        p = find(m, hart, satp_root(h->satp), false);
    }
    if (p == NULL || !p->trapped)
        return;
    goes_on(m, hart, p);
    p->trapped = false;
}

// --- traps -------------------------------------------------------------------------------------

static void
trap(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    if (h->mode != MODE_S)
        return;
    if ((h->mstatus & STATUS_SPP) || satp_levels(h->satp) == 0)
        return;
    struct program *p = find(m, hart, satp_root(h->satp), true);
    p->trap.pc = h->sepc;
    p->sigreturn = false;
    p->trap.when = m->sight->now;
    p->trapped = true;
    p->trap.call = h->scause == CAUSE_ECALL_U;
    p->trap.interrupt = h->scause >> 63;
    for (unsigned i = 0; i < REGISTERS; i++)
        p->trap.x[i] = h->x[i];
}

const struct check registers_check = {
    .name = "registers",
    .bytes = sizeof(struct registers_watch),
    .calls = KNOWN_BIT(SYS_SIGRETURN),
    .returns = KNOWN_BIT(FORK),
    .called = called,
    .returned = returned,
    .trap = trap,
    .trap_return = trap_return,
};

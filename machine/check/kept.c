// SPDX-License-Identifier: MIT
// kept.c - kernel code that goes on with other registers than it had.
//
// Theory    When an interrupt of kernel code returns, the code continues at the same pc, with the
//           same registers except tp, and its stack has not changed. When swtch() returns in a
//           thread, s0 to s11 are those with which the thread called it. tp is the hart's number in
//           xv6. A thread may continue on another hart: it is found by the physical address of its
//           stack.
// Promises  silence: exceptions are not checked, since they may return to another pc, or with a
//           result in a register; nor is a thread that runs for the first time.
// Next      check/registers.c: the same, of user programs
#include "base/mem.h"
#include "check/blame.h"
#include "check/locktable.h"
#include "check/trial.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/guest.h"

#define SETS           64 // of threads, by the page of their stack
#define WAYS           4
#define HANDLER_LENGTH 80 // instructions from the entry of a handler to its call of kerneltrap()

enum { CODE_JAL = 0x6f, CODE_JALR = 0x67, CODE_SD_SP = 0x13023, CODE_SD_MASK = 0xff07f };

enum { RA = 1, SP = 2, TP = 4, S0 = 8, S1 = 9, S2 = 18, S11 = 27, REGISTERS = 32 };

// The registers of a thread that was interrupted, or that has called swtch().
struct cut {
    uint64 stack; // physical address of the stack pointer; 0: unused
    uint64 when, pc, handler, x[REGISTERS];
};

struct kept {
    struct cut trap[SETS][WAYS], swtch[SETS][WAYS];
    struct cut *last[HARTS_MAX]; // the interrupt that each hart took last
    bool tp_is_hart[HARTS_MAX];  // as scheduler() had it
    bool over;                   // a thread was saved as another one
    uint64 user_vector, vector;  // stvec for user mode, and for the kernel; 0: not known
};

static struct kept *
state(struct machine *m)
{
    return SIGHT_STATE(m, kept, struct kept);
}

static uint64
stack_of(const struct machine *m, unsigned hart)
{
    uint64 pa;
    return guest_translate(m, hart, m->s.hart[hart].x[SP], PT_READ, &pa) ? pa : 0;
}

// The record of the thread with this stack; NULL: there is none.
static struct cut *
find(struct cut all[SETS][WAYS], uint64 stack)
{
    struct cut *set = all[stack / PAGE_BYTES % SETS];
    for (unsigned i = 0; i < WAYS; i++)
        if (set[i].stack == stack)
            return &set[i];
    return NULL;
}

// Records the hart's registers as those of the thread: over its last record, else over an unused
// one, else over the oldest of its set.
static struct cut *
keep(const struct machine *m, unsigned hart, struct cut all[SETS][WAYS], uint64 stack, uint64 when)
{
    struct cut *set = all[stack / PAGE_BYTES % SETS], *k = find(all, stack), *oldest = &set[0];
    for (unsigned i = 1; i < WAYS; i++)
        if (oldest->stack != 0 && (set[i].stack == 0 || set[i].when < oldest->when))
            oldest = &set[i];
    if (k == NULL)
        k = oldest;
    *k = (struct cut){.stack = stack, .when = when};
    mem_copy(k->x, m->s.hart[hart].x, sizeof(k->x));
    return k;
}

static void
tell(struct machine *m, unsigned hart, const struct cut *k, enum word word, unsigned reg,
     uint64 guilty)
{
    const struct hart *h = &m->s.hart[hart];
    struct report r;
    if (state(m)->over)
        return;
    report_begin(m, &r, REPORT_KEPT, hart, guilty);
    r.what = (struct fact){
        .word = word, .arg = {guilty, reg, k->x[reg], h->x[reg], k->pc, h->pc}, .moment = r.moment};
    r.rule.word = WORD_KEPT_RULE;
    r.todo = (struct fact){.word = WORD_KEPT_DO, .arg = {guilty, reg}};
    if (word == WORD_KEPT_PUSH)
        r.todo.word = WORD_KEPT_PUSH_DO;
    else if (word == WORD_KEPT_PC || word == WORD_KEPT_MODE)
        r.todo.word = WORD_KEPT_PC_DO;
    else if (word == WORD_KEPT_TP)
        r.todo.word = WORD_KEPT_TP_DO;
    report_send(m, &r);
}

// --- interrupts ----------------------------------------------------------------------------------

// The highest offset from sp at which the handler stores, before it calls; 0: not known.
static uint64
highest_push(const struct machine *m, unsigned hart, uint64 handler)
{
    uint64 at = handler, best = 0, low;
    for (unsigned i = 0; i < HANDLER_LENGTH; i++) {
        uint32 code = trial_instruction_at(m, hart, at);
        if (code == 0 || !guest_read(m, hart, at, 2, PT_EXEC, &low))
            return 0;
        if ((code & 0x7f) == CODE_JAL || (code & 0x7f) == CODE_JALR)
            return best;
        uint64 offset = (code & CODE_SD_MASK) == CODE_SD_SP && !(code >> 31)
                            ? (uint64)(code >> 25) << 5 | (code >> 7 & 31)
                            : 0;
        best = offset > best ? offset : best;
        at += (low & 3) == 3 ? 4 : 2;
    }
    return 0;
}

// Returns whether the address, perhaps of the trampoline, is in the function with that name.
static bool
in_function(const struct machine *m, uint64 pc, const char *function)
{
    const struct symbols *s = &m->sight->symbols;
    uint64 offset;
    const char *name = symbols_find(s, symbols_linked(s, pc), &offset);
    return name != NULL && text_same(name, function);
}

// Reports an interrupt of the kernel that goes to the handler of user mode, although the kernel has
// one of its own.
static void
tell_vector(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    struct moment at;
    struct report r;
    moment_at(m, hart, h->sepc, &at);
    bool leaves =
        blame_inside(m, &at, KNOWN_BIT(USERTRAPRET)) || in_function(m, h->sepc, "userret");
    uint64 guilty = m->sight->known.entry[leaves ? KNOWN_USERTRAPRET : KNOWN_USERTRAP];
    report_begin(m, &r, REPORT_KEPT, hart, guilty);
    r.moment = at;
    r.what = (struct fact){
        .word = WORD_KEPT_VECTOR, .arg = {h->stvec, h->scause & 63, 0, 0, h->sepc}, .moment = at};
    r.todo =
        (struct fact){.word = leaves ? WORD_KEPT_VECTOR_OFF : WORD_KEPT_VECTOR_DO, .arg = {guilty}};
    r.fatal = true;
    report_send(m, &r);
}

static void
trap(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    struct kept *w = state(m);
    uint64 stack;
    if (h->mode == MODE_S && !(h->mstatus & STATUS_SPP))
        w->user_vector = h->stvec;
    else if (h->mode == MODE_S && (int64)h->scause < 0 && h->stvec != w->user_vector)
        w->vector = h->stvec;
    else if (h->mode == MODE_S && (int64)h->scause < 0 && w->vector != 0 &&
             w->vector != w->user_vector)
        tell_vector(m, hart);
    if (h->mode != MODE_S || !(h->mstatus & STATUS_SPP) || (int64)h->scause >= 0 ||
        (stack = stack_of(m, hart)) == 0)
        return;
    struct cut *k = keep(m, hart, w->trap, stack, m->sight->now);
    k->pc = h->sepc;
    k->handler = h->stvec & ~3ULL;
    w->last[hart] = k;
}

// Looks, when the hart goes to user mode, for interrupted code of the kernel that has this pc and
// these registers.
static void
to_user(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    uint64 offset;
    if (symbols_find(&m->sight->symbols, h->pc, &offset) == NULL)
        return;
    const struct cut *k = state(m)->trap[0];
    for (unsigned i = 0; i < SETS * WAYS; i++, k++)
        if (k->stack != 0 && k->pc == h->pc && k->x[SP] == h->x[SP] && k->x[RA] == h->x[RA])
            tell(m, hart, k, WORD_KEPT_MODE, RA, m->sight->known.entry[KNOWN_KERNELTRAP]);
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    const struct hart *h = &m->s.hart[hart];
    uint64 stack = supervisor && h->mode == MODE_S ? stack_of(m, hart) : 0;
    struct cut *k = stack == 0 ? NULL : find(state(m)->trap, stack);
    if (supervisor && h->mode == MODE_U)
        to_user(m, hart);
    if (k == NULL)
        return;
    k->stack = 0;
    if (h->pc != k->pc) {
        tell(m, hart, k, WORD_KEPT_PC, RA, m->sight->known.entry[KNOWN_KERNELTRAP]);
        return;
    }
    for (unsigned reg = RA; reg < REGISTERS; reg++)
        if (reg != TP && h->x[reg] != k->x[reg]) {
            tell(m, hart, k, WORD_KEPT_TRAP, reg, k->handler);
            return;
        }
    if (state(m)->tp_is_hart[hart] && h->x[TP] != hart && h->x[TP] == k->x[TP])
        tell(m, hart, k, WORD_KEPT_TP, TP, k->handler);
}

// --- swtch ---------------------------------------------------------------------------------------

// usertrap() begins with another hart's number in tp, or none.
static void
tp_lost(struct machine *m, unsigned hart)
{
    uint64 frame, stored = ~0ULL, tp = m->s.hart[hart].x[TP];
    struct report r;
    report_begin(m, &r, REPORT_KEPT, hart, m->sight->known.entry[KNOWN_USERTRAP]);
    r.what = (struct fact){.word = WORD_KEPT_HART, .arg = {r.site, hart, tp}, .moment = r.moment};
    if (facts_have(m, FACT_BIT(TRAPFRAME_HARTID)) &&
        facts_field(m, facts_current(m, hart), FACT_PROC_TRAPFRAME, 8, &frame) &&
        facts_memory(m, frame + fact(m, FACT_TRAPFRAME_HARTID), 8, &stored))
        *report_since(&r, WORD_NONE) = (struct fact){
            .word = WORD_KEPT_HART_BY, .stored = frame + fact(m, FACT_TRAPFRAME_HARTID)};
    r.todo = (struct fact){.word = known_has(m, KNOWN_USERTRAPRET) ? WORD_KEPT_HART_IN
                                                                   : WORD_KEPT_HART_DO,
                           .arg = {m->sight->known.entry[KNOWN_USERTRAPRET]}};
    if (stored == hart) {
        r.site = m->s.hart[hart].stvec;
        r.nsince = 0;
        r.todo = (struct fact){.word = WORD_KEPT_HART_LOAD, .arg = {r.site}};
    }
    r.fatal = true;
    report_send(m, &r);
}

// swtch() saves registers as those of a process, and sp is far from its kernel stack: the scheduler
// was interrupted, and the handler has taken it for that process.
static void
saved_as_another(struct machine *m, const struct call *c)
{
    uint64 proc = facts_current(m, c->hart), kstack, far = 16 * PAGE_BYTES;
    struct report r;
    if (proc == 0 || c->arg[0] != proc + fact(m, FACT_PROC_CONTEXT) ||
        !facts_field(m, proc, FACT_PROC_KSTACK, 8, &kstack) || kstack == 0 ||
        c->sp - kstack + far < 2 * far)
        return;
    report_begin(m, &r, REPORT_KEPT, c->hart, m->sight->known.entry[KNOWN_SCHEDULER]);
    r.what = (struct fact){.word = WORD_KEPT_OTHER, .arg = {r.site}, .moment = r.moment};
    r.todo = (struct fact){.word = WORD_KEPT_OTHER_DO, .arg = {r.site}};
    report_send(m, &r);
    state(m)->over = true;
}

// scheduler() begins: tp has the number that the kernel gives to the hart.
static void
begins(struct machine *m, unsigned hart)
{
    uint64 tp = m->s.hart[hart].x[TP];
    state(m)->tp_is_hart[hart] = tp == hart;
    facts_number(m, hart, tp);
}

static void
called(struct machine *m, const struct call *c)
{
    struct kept *w = state(m);
    if (c->what == KNOWN_SWTCH)
        saved_as_another(m, c);
    if (w->user_vector == 0) // no process has run: stvec is the kernel's
        w->vector = m->s.hart[c->hart].stvec;
    bool own = m->s.hart[c->hart].x[TP] == c->hart;
    uint64 stack = c->what == KNOWN_SWTCH ? stack_of(m, c->hart) : 0;
    struct cut *k = w->last[c->hart];
    if (stack != 0)
        keep(m, c->hart, w->swtch, stack, c->when);
    else if (c->what == KNOWN_SCHEDULER)
        begins(m, c->hart);
    else if (c->what == KNOWN_USERTRAP && w->tp_is_hart[c->hart] && !own)
        tp_lost(m, c->hart);
    else if (c->what == KNOWN_KERNELTRAP && k != NULL &&
             highest_push(m, c->hart, k->handler) >= k->x[SP] - c->sp)
        tell(m, c->hart, k, WORD_KEPT_PUSH, SP, k->handler);
    if (c->what == KNOWN_KERNELTRAP)
        w->last[c->hart] = NULL;
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    const struct hart *h = &m->s.hart[c->hart];
    uint64 stack = stack_of(m, c->hart);
    struct cut *k = stack == 0 ? NULL : find(state(m)->swtch, stack);
    (void)result;
    if (k == NULL || k->when != c->when)
        return;
    k->stack = 0;
    for (unsigned reg = S0; reg <= S11; reg++)
        if ((reg <= S1 || reg >= S2) && h->x[reg] != k->x[reg]) {
            tell(m, c->hart, k, WORD_KEPT_SWTCH, reg, m->sight->known.entry[KNOWN_SWTCH]);
            return;
        }
}

static bool
start(struct machine *m)
{
    return known_has(m, KNOWN_SWTCH) && known_has(m, KNOWN_KERNELTRAP);
}

const struct check kept_check = {
    .name = "kept",
    .bytes = sizeof(struct kept),
    .calls = KNOWN_BIT(SWTCH) | KNOWN_BIT(SCHEDULER) | KNOWN_BIT(USERTRAP) | KNOWN_BIT(KERNELTRAP),
    .returns = KNOWN_BIT(SWTCH),
    .start = start,
    .called = called,
    .returned = returned,
    .trap = trap,
    .trap_return = trap_return,
};

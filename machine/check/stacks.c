// SPDX-License-Identifier: MIT
// stacks.c - kernel stacks that overflow.
//
// Theory    A kernel stack is one page; struct proc has its address. (Some kernels note the upper
//           end: none of them has sp in the page above, and nothing is reported by a call.) At each
//           call of a well-known function sp must lie in this page. A trap in S-mode at an address
//           just below the page is the push that overflowed. The report names the calls on the
//           stack and the largest of their frames. sp may have begun at the wrong end of the page:
//           in usertrap(), or in the first function of a new process, which gets its sp from
//           p->context.
//           A stack that the hart's tree does not map at all has not overflowed.
#include "check/blame.h"
#include "check/explain.h"
#include "machine.h"
#include "sight/check.h"
#include "sight/guest.h"

#define BELOW       (4 * PAGE_BYTES) // an address so far below a stack counts as its overflow
#define FIRST_FRAME 256              // bytes: no function after a trap pushes more at once

enum { SP = 2, CONTEXT_SP = 8 };

struct stacks_watch {
    uint64 page[HARTS_MAX]; // where sp was right the last time
    bool lower;             // p->kstack is the lower end: sp was in this page
};

// Returns the lowest address of the kernel stack of the hart's process; 0: not known.
static uint64
stack_of(const struct machine *m, unsigned hart)
{
    uint64 kstack, proc = facts_current(m, hart);
    return proc != 0 && facts_field(m, proc, FACT_PROC_KSTACK, 8, &kstack) ? kstack : 0;
}

// The first push of the first function after a trap: sp was the lower end of the stack.
static bool
at_bottom(const struct machine *m, const struct moment *at, uint64 below)
{
    return below <= FIRST_FRAME && blame_first(m, at, KNOWN_BIT(USERTRAP));
}

// Returns whether p->context has the lower end of the stack for sp. A process that has run has
// called swtch(), above that. Then *pa is where it has it.
static bool
begins_at_bottom(const struct machine *m, unsigned hart, uint64 kstack, uint64 *pa)
{
    uint64 at = facts_current(m, hart) + fact(m, FACT_PROC_CONTEXT) + CONTEXT_SP, sp;
    return facts_have(m, FACT_BIT(PROC_CONTEXT)) && facts_memory(m, at, 8, &sp) && sp == kstack &&
           symbols_physical(&m->sight->symbols, at, pa);
}

static void
tell_begins(struct report *r, uint64 pa)
{
    r->what.word = WORD_STACK_BOTTOM;
    r->todo.word = WORD_STACK_BEGINS_DO;
    *report_since(r, WORD_NONE) = (struct fact){.word = WORD_STACK_BEGINS_BY, .stored = pa};
}

static void
tell_bottom(const struct machine *m, unsigned hart, struct report *r)
{
    uint64 frame;
    r->what.word = WORD_STACK_BOTTOM;
    r->todo.word = WORD_STACK_BOTTOM_DO;
    if (facts_have(m, FACT_BIT(TRAPFRAME_KERNEL_SP)) &&
        facts_field(m, facts_current(m, hart), FACT_PROC_TRAPFRAME, 8, &frame))
        *report_since(r, WORD_NONE) = (struct fact){
            .word = WORD_STACK_BOTTOM_BY, .stored = frame + fact(m, FACT_TRAPFRAME_KERNEL_SP)};
}

static void
tell(struct machine *m, unsigned hart, uint64 kstack, uint64 address, uint64 at)
{
    struct report r;
    uint64 pa;
    report_begin(m, &r, REPORT_STACK, hart, 0);
    moment_at(m, hart, at, &r.moment);
    r.what = (struct fact){.word = WORD_STACK,
                           .arg = {kstack, kstack - address, moment_pc(m, &r.moment, 0), address},
                           .moment = r.moment};
    r.todo.word = WORD_STACK_DO;
    if (at_bottom(m, &r.moment, kstack - address))
        tell_bottom(m, hart, &r);
    else if (kstack - address <= FIRST_FRAME && begins_at_bottom(m, hart, kstack, &pa))
        tell_begins(&r, pa);
    r.fatal = true;
    report_send(m, &r);
}

// Reports that the process's stack is not in the tree that satp has.
static void
tell_unmapped(struct machine *m, unsigned hart, uint64 kstack)
{
    const struct hart *h = &m->s.hart[hart];
    struct access a = {.satp = h->satp,
                       .va = h->stval,
                       .kind = access_of((int)h->scause),
                       .pid = facts_pid(m, hart)};
    struct report r;
    report_begin(m, &r, REPORT_STACK, hart, h->sepc);
    moment_at(m, hart, h->sepc, &r.moment);
    r.what = (struct fact){
        .word = WORD_STACK_UNMAPPED, .arg = {kstack, h->stval, h->sepc}, .moment = r.moment};
    explain_access(m, &a, &r);
    r.fatal = true;
    report_send(m, &r);
}

static void
called(struct machine *m, const struct call *c)
{
    struct stacks_watch *w = SIGHT_STATE(m, stacks, struct stacks_watch);
    uint64 *known = &w->page[c->hart], sp = c->sp;
    if (*known == sp / PAGE_BYTES)
        return;
    uint64 kstack = stack_of(m, c->hart);
    w->lower |= kstack != 0 && sp - kstack < PAGE_BYTES;
    if (w->lower && kstack != 0 && sp < kstack && kstack - sp < BELOW)
        tell(m, c->hart, kstack, sp, m->s.hart[c->hart].pc);
    else
        *known = sp / PAGE_BYTES;
}

static void
trap(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    uint64 kstack, pa;
    bool page = h->scause == CAUSE_STORE_PAGE || h->scause == CAUSE_LOAD_PAGE;
    if (h->mode != MODE_S || !page || !(h->mstatus & STATUS_SPP))
        return;
    kstack = stack_of(m, hart);
    if (kstack == 0)
        return;
    bool mapped = guest_translate(m, hart, kstack, PT_READ, &pa);
    if (!mapped && h->stval - kstack < PAGE_BYTES && h->x[SP] - kstack <= PAGE_BYTES)
        tell_unmapped(m, hart, kstack);
    else if (mapped && h->stval < kstack && kstack - h->stval < BELOW &&
             h->x[SP] < kstack + PAGE_BYTES && h->x[SP] + BELOW > kstack)
        tell(m, hart, kstack, h->stval, h->sepc);
}

const struct check stacks_check = {
    .name = "stacks",
    .bytes = sizeof(struct stacks_watch),
    .calls = KNOWN_BIT(MEMMOVE) | KNOWN_BIT(KALLOC),
    .called = called,
    .trap = trap,
};

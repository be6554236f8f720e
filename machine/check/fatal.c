// SPDX-License-Identifier: MIT
// fatal.c - explains traps that end a process or the kernel.
//
// Theory    An exception of user mode is noted. The kernel stack on which usertrap() runs tells its
//           process. If that process calls exit() before it is back in user mode, and the access
//           would still fail, the kernel has killed it: the trap is explained. A fault that the
//           kernel resolves (lazy, copy-on-write) ends in sret and is never mentioned.
//           An exception of supervisor mode that ends in panic() is explained here, too; other
//           panics are explained by check/panic.c. A report waits until the kernel has printed its
//           own line.
// Promises  silence: a program's own mistake gets a note (struct report), which is no mistake of
//           the kernel.
#include "check/fatal.h"

#include "check/blame.h"
#include "check/explain.h"
#include "check/leaves.h"
#include "check/rights.h"
#include "machine.h"
#include "sight/frames.h"
#include "sight/guest.h"

static struct fatal *
state(const struct machine *m)
{
    return SIGHT_STATE(m, fatal, struct fatal);
}

// Returns the number of the physical page in which the stack pointer lies; 0: it is not mapped.
static uint64
stack_page(const struct machine *m, unsigned hart, uint64 sp)
{
    uint64 pa;
    return guest_translate(m, hart, sp - 8, PT_READ, &pa) ? pa >> PAGE_BITS : 0;
}

// Notes whether the process is still in the trap.
static void
set_inside(struct fatal *f, struct fault *t, bool inside)
{
    f->inside += (unsigned)inside - t->inside;
    t->inside = inside;
}

// Returns the note of the process with that stack. If there is none, an unused note or the oldest.
static struct fault *
of_stack(struct machine *m, uint64 page)
{
    struct fatal *f = state(m);
    struct fault *oldest = &f->user[0];
    for (unsigned i = 0; i < FATAL_STACKS; i++) {
        if (f->user[i].stack == page)
            return &f->user[i];
        if (f->user[i].when < oldest->when)
            oldest = &f->user[i];
    }
    set_inside(f, oldest, false);
    *oldest = (struct fault){.stack = page};
    return oldest;
}

static void
trap(struct machine *m, unsigned hart)
{
    const struct hart *h = &m->s.hart[hart];
    struct fatal *f = state(m);
    bool user = !(h->mstatus & STATUS_SPP), interrupt = h->scause >> 63;
    if (h->mode != MODE_S)
        return;
    if (!user && interrupt)
        return;
    struct fault *t = user ? &f->fresh[hart] : &f->kernel[hart];
    *t = (struct fault){.on = !interrupt && h->scause != CAUSE_ECALL_U,
                        .cause = (int)h->scause,
                        .epc = h->sepc,
                        .tval = h->stval,
                        .satp = h->satp,
                        .sum = (h->mstatus & STATUS_SUM) != 0,
                        .when = m->sight->now,
                        .pid = facts_pid(m, hart)};
    if (!user && t->on)
        moment_at(m, hart, t->epc, &t->moment);
}

static void
trap_return(struct machine *m, unsigned hart, bool supervisor)
{
    struct fatal *f = state(m);
    f->kernel[hart].on = false;
    f->went[hart] = supervisor && m->s.hart[hart].mode == MODE_S ? m->s.hart[hart].pc + 1 : 0;
    if (!supervisor || m->s.hart[hart].mode != MODE_U)
        return;
    f->fresh[hart].on = false;
    int pid = f->inside > 0 ? facts_pid(m, hart) : -1;
    for (unsigned i = 0; pid > 0 && i < FATAL_STACKS; i++)
        if (f->user[i].inside && f->user[i].pid == pid)
            set_inside(f, &f->user[i], false);
}

// --- a process is killed ---------------------------------------------------------------------

static struct access
access_at(const struct fault *t, bool user)
{
    return (struct access){.satp = t->satp,
                           .va = t->tval,
                           .kind = access_of(t->cause),
                           .user = user,
                           .sum = t->sum,
                           .pid = t->pid};
}

static void
tell_other_trap(const struct fault *t, struct report *r)
{
    r->what = (struct fact){.word = WORD_KILLED_TRAP, .arg = {(uint64)t->pid, t->epc}};
    explain_trap(t->cause, t->tval, &r->what.arg[2]);
    r->todo.word = WORD_KILLED_ILLEGAL_DO;
    r->note = true;
}

// Returns the moment when kalloc() returned 0 since the trap; NULL: it did not.
static const struct moment *
starved(const struct machine *m, const struct fault *t)
{
    const struct moment *null = &state(m)->null;
    return null->position > t->when ? null : NULL;
}

static void
tell_starved(const struct moment *null, struct report *r)
{
    report_near(r, WORD_NEAR_FULL)->moment = *null;
    r->todo.word = WORD_DO_FULL;
}

// Names the function that looked the entry up while it handled the trap, and did not fill it in.
static void
tell_lookup(const struct machine *m, const struct fault *t, struct report *r)
{
    const struct call *c = &state(m)->last[r->hart][FIRST_WALK];
    if (c->when > t->when && (c->arg[1] ^ t->tval) < PAGE_BYTES)
        report_near(r, WORD_NEAR_LOOKED)->arg[0] = c->ra - 1;
}

// Returns whether the handler has served this store to a copy-on-write page, but the entry still
// has no W, while the entry of the parent, which shared the page, has W or a software bit.
static bool
without_w(const struct machine *m, const struct fault *t)
{
    uint64 proc = facts_process(m, t->pid), sz, parent, root;
    struct leaf of_parent;
    return t->again && proc != 0 && facts_field(m, proc, FACT_PROC_SZ, 8, &sz) && t->tval < sz &&
           facts_field(m, proc, FACT_PROC_PARENT, 8, &parent) && parent != 0 &&
           facts_field(m, parent, FACT_PROC_PAGETABLE, 8, &root) &&
           leaves_find(m, root, satp_levels(t->satp), t->tval, &of_parent) &&
           (of_parent.pte & (PTE_W | PTE_RSW0 | PTE_RSW1));
}

static void
tell_access(struct machine *m, const struct fault *t, struct report *r)
{
    struct access a = access_at(t, true);
    const struct moment *null = starved(m, t);
    r->what = (struct fact){.word = WORD_KILLED,
                            .arg = {(uint64)t->pid, t->epc, a.kind, t->tval, (uint64)t->cause}};
    enum blame blame = explain_access(m, &a, r);
    if (r->todo.word == WORD_DO_STACK)
        r->what.word = WORD_KILLED_STACK;
    tell_lookup(m, t, r);
    if (a.kind == PT_WRITE && r->todo.word == WORD_DO_RIGHT && without_w(m, t)) {
        report_near(r, WORD_NEAR_SAME_STORE);
        r->todo.word = WORD_DO_COW_W;
        blame = BLAME_KERNEL;
    }
    if (null != NULL)
        tell_starved(null, r);
    r->note = blame == BLAME_PROGRAM || null != NULL;
}

// Returns whether the process ends by its own system call. A kernel may serve that without
// usertrap(), which would have told that the fault was over.
static bool
asked_to_exit(const struct machine *m, unsigned hart)
{
    struct moment now;
    moment_now(m, hart, &now);
    return blame_inside(m, &now, KNOWN_BIT(SYS_EXIT));
}

static void
killed(struct machine *m, unsigned hart, const struct fault *t)
{
    struct access a = access_at(t, true);
    struct report r;
    if (page_fault(t->cause) && access_succeeds(m, &a))
        return; // it was resolved: another reason ends the process
    if (page_fault(t->cause) && starved(m, t) == NULL)
        rights_killed(m, hart, facts_process(m, t->pid), t->tval & ~(PAGE_BYTES - 1));
    report_begin(m, &r, REPORT_KILLED, hart, t->epc);
    if (page_fault(t->cause))
        tell_access(m, t, &r);
    else
        tell_other_trap(t, &r);
    if (t->pid == 1)
        r.note = false;
    r.moment = (struct moment){.position = t->when, .pid = (int16)t->pid, .mode = MODE_U};
    state(m)->told_pid = t->pid;
    report_send(m, &r);
}

// --- the kernel traps ------------------------------------------------------------------------

// Explains a trap of kalloc() itself: a link of its list of free pages was wrong. The page that it
// gave out before held that link.
static bool
free_list(const struct machine *m, const struct fault *t, struct report *r)
{
    const struct fatal *f = state(m);
    const struct frame *page = frames_at(m, f->page);
    uint64 pc = moment_pc(m, &t->moment, 0), offset, pa;
    if (page == NULL || page->freed.position == 0 || page->freed.position > f->page_when ||
        symbols_find(&m->sight->symbols, pc, &offset) == NULL ||
        !symbols_physical(&m->sight->symbols, pc - offset, &pa) ||
        pa != m->sight->known.entry[KNOWN_KALLOC])
        return false;
    struct fact *freed = report_since(r, WORD_LIST_FREED);
    freed->arg[0] = f->page;
    freed->moment = page->freed;
    struct fact *stored = report_since(r, WORD_LIST_STORED);
    stored->stored = f->page;
    stored->before = f->page_when;
    r->todo.word = WORD_LIST_DO;
    return true;
}

void
fatal_null(const struct machine *m, uint64 va, int pid, uint64 when, struct report *r)
{
    const struct moment *null = &state(m)->null;
    if (va >= PAGE_BYTES || null->position == 0 || null->pid != pid)
        return;
    report_near(r, WORD_NEAR_NULL_KALLOC)->moment = *null;
    if (when - null->position < STARVED_STEPS)
        r->todo = (struct fact){.word = WORD_DO_NULL_KALLOC, .arg = {moment_pc(m, null, 0)}};
}

static void
kernel_trap(struct machine *m, unsigned hart, const struct fault *t, struct report *r)
{
    struct access a = access_at(t, false);
    bool jump = a.kind == PT_EXEC && t->tval == t->epc;
    r->what = (struct fact){.word = page_fault(t->cause) ? WORD_KERNEL_ACCESS : WORD_KERNEL_TRAP,
                            .arg = {0, t->epc, a.kind, t->tval, (uint64)t->cause}};
    r->moment = t->moment;
    r->site = t->epc;
    if (t->pid > 0)
        report_near(r, WORD_KERNEL_FOR)->arg[0] = (uint64)t->pid;
    r->what.arg[5] = jump ? moment_pc(m, &t->moment, 0) : r->what.arg[5];
    bool returned = jump && state(m)->went[hart] == t->epc + 1;
    if (jump)
        r->what.word = returned ? WORD_KERNEL_SRET : WORD_KERNEL_JUMP;
    else if (!page_fault(t->cause))
        explain_trap(t->cause, t->tval, &r->what.arg[2]);
    bool list = free_list(m, t, r);
    if (memory_fault(t->cause) && !list)
        explain_access(m, &a, r);
    if (!jump && memory_fault(t->cause))
        fatal_null(m, t->tval, t->pid, t->when, r);
    if (jump)
        r->todo.word = returned ? WORD_KERNEL_SRET_DO : WORD_KERNEL_JUMP_DO;
    else if (r->todo.word == WORD_NONE)
        r->todo.word = WORD_KERNEL_TRAP_DO;
}

// --- events ----------------------------------------------------------------------------------

static void
hold(struct machine *m, const struct report *r)
{
    struct fatal *f = state(m);
    if (f->panicked)
        return;
    f->panicked = true;
    f->held = *r;
    f->holding = true;
}

static void
panics(struct machine *m, const struct call *c)
{
    const struct fault *t = &state(m)->kernel[c->hart];
    struct report r;
    report_begin(m, &r, REPORT_PANIC, c->hart, c->ra);
    r.fatal = true;
    if (t->on)
        kernel_trap(m, c->hart, t, &r);
    else
        panic_explain(m, c, &r);
    hold(m, &r);
}

static void
called(struct machine *m, const struct call *c)
{
    struct fatal *f = state(m);
    uint64 page;
    if (c->what == KNOWN_PANIC) {
        panics(m, c);
    } else if (c->what == KNOWN_USERTRAP && (page = stack_page(m, c->hart, c->sp)) != 0) {
        struct fault *t = of_stack(m, page), before = *t;
        set_inside(f, t, false);
        *t = f->fresh[c->hart];
        t->again = before.on && before.epc == t->epc && before.tval == t->tval;
        t->stack = page;
        t->pid = facts_pid(m, c->hart);
        set_inside(f, t, t->on);
    } else if (c->what == KNOWN_EXIT && (page = stack_page(m, c->hart, c->sp)) != 0) {
        struct fault *t = of_stack(m, page);
        if (t->inside && !asked_to_exit(m, c->hart))
            killed(m, c->hart, t);
        set_inside(f, t, false);
        t->on = false;
    } else if (c->what == KNOWN_WALK) {
        const struct fault *t = &f->fresh[c->hart];
        struct call *first = &f->last[c->hart][FIRST_WALK];
        if (t->on && first->when < t->when && (c->arg[1] ^ t->tval) < PAGE_BYTES)
            *first = *c;
    } else if (c->what == KNOWN_ACQUIRE) {
        f->last[c->hart][LAST_ACQUIRE] = *c;
    } else if (c->what == KNOWN_RELEASE) {
        f->last[c->hart][LAST_RELEASE] = *c;
    } else if (c->what == KNOWN_KFREE) {
        f->last[c->hart][LAST_KFREE] = *c;
    } else if (c->what == KNOWN_INITLOCK && f->locks < FATAL_LOCKS) {
        f->lock[f->locks++] = c->arg[0];
    }
}

static void
returned(struct machine *m, const struct call *c, uint64 result)
{
    struct fatal *f = state(m);
    if ((c->what == KNOWN_KALLOC || c->what == KNOWN_SUPERALLOC) && result == 0)
        moment_now(m, c->hart, &f->null);
    if (c->what == KNOWN_KALLOC && result != 0) {
        f->page = result;
        f->page_when = c->when;
    }
}

static void
send_held(struct machine *m)
{
    struct fatal *f = state(m);
    if (f->holding)
        report_send(m, &f->held);
    f->holding = false;
}

static void
printed(struct machine *m, uint8 byte)
{
    if (byte == '\n')
        send_held(m);
}

const struct check fatal_check = {
    .name = "fatal",
    .bytes = sizeof(struct fatal),
    .calls = KNOWN_BIT(PANIC) | KNOWN_BIT(USERTRAP) | KNOWN_BIT(EXIT) | KNOWN_BIT(INITLOCK) |
             KNOWN_BIT(ACQUIRE) | KNOWN_BIT(RELEASE) | KNOWN_BIT(KFREE) | KNOWN_BIT(WALK),
    .returns = KNOWN_BIT(KALLOC) | KNOWN_BIT(SUPERALLOC) | KNOWN_BIT(MAPPAGES) |
               KNOWN_BIT(UVMUNMAP) | KNOWN_BIT(FREEWALK) | KNOWN_BIT(UVMFREE) | KNOWN_BIT(KVMPA) |
               KNOWN_BIT(UVMCOPY),
    .called = called,
    .returned = returned,
    .trap = trap,
    .trap_return = trap_return,
    .printed = printed,
    .ended = send_held,
};

// SPDX-License-Identifier: MIT
// sched.c - run queues, switching, blocking and waking.
//
// Theory    Each hart has a run queue. A process that leaves its hart picks its successor and
//           switches to it directly; when its own queue is empty it steals, when there is nothing
//           to steal it switches to the hart's idle process, which waits for an interrupt.
//           p->lock is held across the switch and released by the successor. So when p->lock
//           has been acquired, p's registers are saved and no hart is on its stack.
// Promises  A RUNNABLE process is on exactly one queue. No hart idles for good while a queue is
//           not empty: a hart announces in idle_mask that it will wait, then looks once more; a
//           waker enqueues, then looks at idle_mask.
// Locks     p->lock, then a queue's lock. A stealer only tries p->lock: its victim may be
//           half-way through a switch.
// State     A process changes its own state; a waker changes BLOCKING and SLEEPING under p->lock;
//           the hart that took a process off a queue owns it and may set RUNNING.
#include "proc/sched/sched.h"

#include "abi/errno.h"
#include "lib/panic.h"
#include "mm/aspace/asid.h"
#include "mm/kvm/kvm.h"
#include "proc/proc.h"
#include "proc/sched/fpu.h"
#include "proc/sched/ticks.h"
#include "proc/trap.h"
#include "rv/csr.h"
#include "rv/sbi.h"
#include "rv/trapframe.h"
#include "sync/lockcheck.h"
#include "sync/thread.h"

struct runq {
    struct spinlock lock;
    struct list procs;
    uint32 length; // of those that may be stolen; read without the lock as a hint
} __attribute__((aligned(64)));

static struct runq runqs[MAXHART];
static uint32 idle_mask; // atomic: harts that wait for an interrupt or are about to

// Makes the run queues empty. Once at boot.
void
sched_init(void)
{
    for (int i = 0; i < MAXHART; i++) {
        initlock(&runqs[i].lock, "runq", RANK_RUNQ);
        list_init(&runqs[i].procs);
    }
}

// Gives the hart its idle process, before the hart runs anything.
void
sched_init_hart(struct cpu *c, struct proc *idle)
{
    idle->state = RUNNING;
    idle->hart = c->id;
    c->idle = c->proc = idle;
}

static void
enqueue(struct runq *q, struct proc *p)
{
    acquire(&q->lock);
    list_push_back(&q->procs, &p->runq);
    q->length += !p->pinned;
    release(&q->lock);
}

static void
unlink(struct runq *q, struct proc *p)
{
    list_remove(&p->runq);
    q->length -= !p->pinned;
}

static struct proc *
dequeue(struct runq *q)
{
    if (list_empty(&q->procs)) // if another hart adds one now, work_waits() finds it later
        return NULL;
    acquire(&q->lock);
    struct proc *p = NULL;
    if (!list_empty(&q->procs)) {
        p = list_entry(q->procs.next, struct proc, runq);
        unlink(q, p);
    }
    release(&q->lock);
    return p;
}

// Takes a process from another hart's queue, if its switch is complete.
static struct proc *
steal_from(struct runq *q)
{
    if (!__atomic_load_n(&q->length, __ATOMIC_RELAXED)) // a hint; the lock below decides
        return NULL;
    struct proc *found = NULL;
    acquire(&q->lock);
    list_for_each (node, &q->procs) {
        struct proc *p = list_entry(node, struct proc, runq);
        if (!p->pinned && !__atomic_load_n(&p->lock.locked,
                                           __ATOMIC_ACQUIRE)) { // pairs with sched_finish_switch()
            unlink(q, p);
            found = p;
            break;
        }
    }
    release(&q->lock);
    return found;
}

static struct proc *
steal(int hart)
{
    for (int i = 1; i < nharts; i++) {
        struct proc *p = steal_from(&runqs[(hart + i) % nharts]);
        if (p)
            return p;
    }
    return NULL;
}

// Releases the lock of the process that ran on this hart before. The next process calls this first.
void
sched_finish_switch(void)
{
    release(&mycpu()->prev->lock); // taken before the switch by the process that left
}

// Makes the tables of `next` ready for this hart.
// Returns   the satp to load for `next`; 0: it is loaded already. *drop says whether to fence all
//           addresses after the write of satp.
static uint64
satp_for(struct cpu *c, struct proc *next, bool *drop)
{
    struct aspace *as = next->as;
    *drop = !as && !c->asid_mask;
    if (as && unlikely(!asid_ready(as, c))) {
        *drop = asid_enter(as);
        if (design->switches)
            trap_prepare(next); // its ASIDs may have changed
    }
    uint64 satp = as ? as->ksatp : kernel_satp;
    if (satp == c->satp)
        return 0;
    c->satp = satp;
    c->satp_writes++; // by swtch()
    if (unlikely(*drop)) {
        c->satp_fenced++;
        c->fences[FENCE_ALL]++;
    }
    return satp;
}

static void
switch_to(struct cpu *c, struct proc *prev, struct proc *next)
{
    c->prev = prev;
    c->proc = next;
    c->as = next->as;
    c->need_resched = 0;
    next->state = RUNNING;
    next->hart = c->id;
    fpu_leave(prev);
    if (next->as && next->trapframe->kernel_tp != (uint64)c) {
        next->trapframe->kernel_tp = (uint64)c; // the trap code loads tp from here
        fence_i(); // the hart that ran `next` before may have stored code of it
    }
    kstack_sync(&next->own.kstack);
    if (prev == c->idle)
        ticks_resume();
    bool drop;
    uint64 satp = satp_for(c, next, &drop);
    swtch(&prev->context, &next->context, satp, drop);
    sched_finish_switch();
    fpu_enter(prev); // `prev` runs again, perhaps on another hart
}

// Leaves the hart until the process is made runnable again.
// Locks     p->lock held on entry and return, no other spinlock.
void
sched(void)
{
    struct cpu *c = mycpu();
    struct proc *p = c->proc;
    struct proc *next = dequeue(&runqs[c->id]);
    if (!next && nharts > 1)
        next = steal((int)c->id);
    if (!next)
        next = c->idle;
    if (next == p) {
        p->state = RUNNING;
        c->need_resched = 0;
        return;
    }
    switch_to(c, p, next);
    acquire(&p->lock);
}

// Lets other processes run: the running one goes to the end of its hart's queue.
// Locks     no spinlock held.
// Sleeps    while others run.
void
yield(void)
{
    struct proc *p = myproc();
    acquire(&p->lock);
    p->state = RUNNABLE;
    enqueue(&runqs[mycpu()->id], p);
    sched();
    release(&p->lock);
}

static void
kick(int hart)
{
    sbi_send_ipi(cpus[hart].hartid);
}

// Interrupts every other online hart.
void
sched_kick_others(void)
{
    for (int i = 0; i < nharts; i++)
        if (i != cpuid() && cpu_online(i))
            kick(i);
}

// Clears the idle bit of one idle hart: of `preferred` if it is idle, else of any.
// Returns   that hart's number; -1: no hart is idle.
static int
claim_idle(uint32 preferred)
{
    uint32 mask = __atomic_load_n(&idle_mask, __ATOMIC_SEQ_CST); // after the enqueue: see Promises
    while (mask) {
        uint32 bit = mask & (1U << preferred) ? 1U << preferred : mask & -mask;
        mask = __atomic_fetch_and(&idle_mask, ~bit, __ATOMIC_SEQ_CST); // one waker per announcement
        if (mask & bit)
            return __builtin_ctz(bit);
    }
    return -1;
}

// Puts a process on the queue of the hart on which it ran last, and wakes an idle hart, if there is
// one.
// Locks     p->lock held.
void
make_runnable(struct proc *p)
{
    p->state = RUNNABLE;
    enqueue(&runqs[p->hart], p);
    int idle = claim_idle(p->hart);
    if (idle >= 0 && idle != cpuid())
        kick(idle);
}

// Wakes the process if it is blocked or preparing to block; else does nothing.
// Locks     takes p->lock.
void
thread_wake(struct proc *p)
{
    acquire(&p->lock);
    if (p->state == BLOCKING)
        p->state = RUNNING;
    else if (p->state == SLEEPING)
        make_runnable(p);
    release(&p->lock);
}

// The running process, for wait queues.
struct proc *
thread_self(void)
{
    return myproc();
}

// The process's record for wait queues: it is in one at a time.
struct waiter *
thread_waiter(struct proc *self)
{
    return &self->waiter;
}

// Marks the running process as about to block: from now on a thread_wake() ends the block, even if
// it comes first.
// Locks     that of the wait queue or timer list whose waker calls thread_wake().
void
thread_prepare_block(struct proc *self)
{
    self->state = BLOCKING; // published to wakers by the wait queue's lock
}

// Leaves the hart until the process is woken, or, if `killable`, killed. Returns at once if it has
// been woken since thread_prepare_block().
// Returns   0; -EINTR: killable, and the process has been killed.
// Locks     no spinlock held.
// Sleeps    yes.
int
thread_block(bool killable)
{
    struct proc *p = myproc();
    assert(p != mycpu()->idle);
    acquire(&p->lock);
    if (p->state == BLOCKING && !(killable && killed(p))) {
        p->state = SLEEPING;
        p->killable = killable;
        sched();
    }
    p->state = RUNNING;
    release(&p->lock);
    return killable && killed(p) ? -EINTR : 0;
}

// Takes pending interrupts and lets others run, in the middle of long work for the running process.
// Returns   0; -EINTR when the process has been killed and should end the work.
// Locks     no spinlock is held.
int
preempt_point(void)
{
    if (DEBUG_BUILD)
        lockcheck_none();
    intr_on();
    intr_off();
    if (unlikely(mycpu()->need_resched))
        yield();
    return killed(myproc()) ? -EINTR : 0;
}

// Binds the running process to a hart and moves it there. The function sets p->hart and, if that is
// another hart, sleeps briefly. The timer of the old hart wakes the process, which is then queued
// on p->hart.
// Returns   0; -EINTR: the process was killed.
// Sleeps    if the process has to move.
int
sched_pin(struct proc *self, int hart)
{
    bool elsewhere = hart != cpuid();
    acquire(&self->lock);
    self->hart = (uint32)hart;
    self->pinned = true;
    release(&self->lock);
    return elsewhere ? ticks_sleep_until(r_time()) : 0;
}

// Returns whether this hart can run a process: one of its own queue, or one to steal from another.
static bool
work_waits(void)
{
    const struct list *own = &runqs[cpuid()].procs;
    if (__atomic_load_n(&own->next, __ATOMIC_SEQ_CST) != own) // after the announcement
        return true;
    for (int i = 0; i < nharts; i++)
        if (__atomic_load_n(&runqs[i].length, __ATOMIC_SEQ_CST)) // after the announcement
            return true;
    return false;
}

// Runs when nothing else can: announces that it will wait, looks once more, waits.
void
sched_idle(void)
{
    struct cpu *c = mycpu();
    uint32 bit = 1U << c->id;
    for (;;) {
        __atomic_fetch_or(&idle_mask, bit, __ATOMIC_SEQ_CST); // before work_waits(): see Promises
        if (!work_waits()) {
            ticks_idle();
            asm volatile("wfi");
        }
        __atomic_fetch_and(&idle_mask, ~bit, __ATOMIC_SEQ_CST);
        intr_on(); // the interrupt that ended the wait is taken here
        intr_off();
        acquire(&c->idle->lock);
        sched();
        release(&c->idle->lock);
    }
}

// SPDX-License-Identifier: MIT
// alarm.c - calls a program's alarm handler every so many ticks.
//
// Theory    A tick counts for a process when the process ends a slice of time on a hart in that
//           tick: its sleep does not count. When the count is reached, all its registers are saved
//           and it continues at the handler; alarm_return() restores them, with those of the
//           floating-point unit. While the handler runs, no tick counts, so it is not re-entered.
//           A process that has never set an alarm has no record, which costs other paths one test.
#include "proc/alarm.h"

#include "abi/errno.h"
#include "lib/panic.h"
#include "mm/frame/kmem.h"
#include "proc/proc.h"
#include "proc/sched/fpu.h"
#include "proc/sched/ticks.h"
#include "proc/trap.h"
#include "rv/fp.h"
#include "rv/trapframe.h"

struct alarm {
    uint64 period;  // ticks; 0: off
    uint64 left;    // until the next call
    uint64 counted; // the tick that was counted last
    uint64 handler;
    bool in_handler, fp_used;
    struct trapframe regs; // of the interrupted code
    struct fpstate fp;
};

// Has `handler`, a user address, called each time the running process has run for `ticks`; 0: no
// more.
// On error  -ENOMEM: there is no alarm.
int
alarm_set(struct proc *p, uint64 ticks, uint64 handler)
{
    if (!p->alarm && !ticks)
        return 0;
    if (!p->alarm)
        p->alarm = kmem_zalloc(sizeof *p->alarm);
    if (!p->alarm)
        return -ENOMEM;
    p->alarm->period = p->alarm->left = ticks;
    p->alarm->handler = handler;
    p->alarm->counted = ticks_now();
    return 0;
}

// Counts a tick for the running process, at the end of a slice of its time. When the alarm is due,
// saves its registers and lets it return to user mode at the handler.
void
alarm_tick(struct proc *p)
{
    struct alarm *a = p->alarm;
    if (likely(!a) || !a->period || a->in_handler || a->counted == ticks_now())
        return;
    a->counted = ticks_now();
    if (--a->left)
        return;
    a->left = a->period;
    assert(p->trapframe->whole);
    a->regs = *p->trapframe;
    fpu_export(p, &a->fp, &a->fp_used);
    a->in_handler = true;
    p->trapframe->epc = a->handler;
}

// Restores the registers that the running process had when its handler was called.
// On error  -EINVAL: the process is not in its handler.
int
alarm_return(struct proc *p)
{
    struct alarm *a = p->alarm;
    if (!a || !a->in_handler)
        return -EINVAL;
    struct trapframe *tf = p->trapframe;
    uint64 hart = tf->kernel_tp; // the process may have changed harts meanwhile
    *tf = a->regs;
    tf->kernel_tp = hart;
    trap_prepare(p); // its tables may have got other ASIDs
    fpu_import(p, &a->fp, a->fp_used);
    a->in_handler = false;
    a->counted = ticks_now();
    return 0;
}

// Gives the child of a process that is in its handler the saved registers, so that it can return
// from the handler. The child has no alarm of its own, as in other Unix systems.
// Returns   0; -ENOMEM: the child has no record.
int
alarm_fork(struct proc *child, const struct proc *parent)
{
    const struct alarm *a = parent->alarm;
    if (likely(!a) || !a->in_handler)
        return 0;
    child->alarm = kmem_alloc(sizeof *child->alarm);
    if (!child->alarm)
        return -ENOMEM;
    *child->alarm = *a;
    child->alarm->period = 0;
    return 0;
}

// Ends the process's alarm, when it starts a new program or ends.
void
alarm_drop(struct proc *p)
{
    kmem_free(p->alarm);
    p->alarm = NULL;
}

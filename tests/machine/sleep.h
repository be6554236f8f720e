// SPDX-License-Identifier: MIT
// sleep.h - sleep and wakeup of the small kernels mini/ and locks/, in the shape of xv6. Each of the two includes it
// once, behind its own header.
#pragma once

struct proc *
myproc(void)
{
    push_off();
    struct proc *p = mycpu()->proc;
    pop_off();
    return p;
}

void
sleep(void *chan, struct spinlock *lk)
{
    struct proc *p = myproc();
    if (MAKES(SLEEP_EARLY))
        release(lk);
    acquire(&p->lock); // before lk is free: a wakeup must find the process asleep
    if (!MAKES(SLEEP_EARLY))
        release(lk);
    p->chan = chan;
    p->state = SLEEPING;
    sched();
    p->chan = 0;
    release(&p->lock);
    acquire(lk);
}

void
wakeup(void *chan)
{
    struct proc *me = myproc();
    for (struct proc *p = proc; p < &proc[NPROC]; p++) {
        if (p == me)
            continue;
        acquire(&p->lock);
        if (p->state == SLEEPING && p->chan == chan)
            p->state = RUNNABLE;
        release(&p->lock);
    }
}

// SPDX-License-Identifier: MIT
// spinlock.c - spinlocks, and locks that are waited for asleep.
#include "kernel.h"

struct cpu cpus[NCPU];

struct cpu *
mycpu(void)
{
    uint64 id;
    __asm__ volatile("mv %0, tp" : "=r"(id));
    return &cpus[id];
}

void
initlock(struct spinlock *lk, const char *name)
{
    lk->locked = 0;
    lk->name = name;
    lk->cpu = 0;
}

int
holding(struct spinlock *lk)
{
    return lk->locked && lk->cpu == mycpu();
}

void
push_off(void)
{
    int on = intr_get() != 0;
    intr_off();
    if (mycpu()->noff++ == 0)
        mycpu()->intena = on;
}

void
pop_off(void)
{
    if (--mycpu()->noff == 0 && mycpu()->intena)
        intr_on();
}

void
acquire(struct spinlock *lk)
{
    push_off();
    if (MISTAKE == LOCK_AGAIN && holding(lk)) {
        lk->again++;
        return;
    }
    if (holding(lk))
        panic("acquire");
    while (__sync_lock_test_and_set(&lk->locked, 1) != 0)
        ;
    __sync_synchronize();
    lk->cpu = mycpu();
}

void
release(struct spinlock *lk)
{
    if (!holding(lk))
        panic("release");
    if (lk->again > 0) {
        lk->again--;
        pop_off();
        return;
    }
    lk->cpu = 0;
    __sync_synchronize();
    __sync_lock_release(&lk->locked);
    pop_off();
}

void
initsleeplock(struct sleeplock *lk, const char *name)
{
    initlock(&lk->lk, name);
    lk->locked = 0;
    lk->pid = 0;
}

void
acquiresleep(struct sleeplock *lk)
{
    acquire(&lk->lk);
    if (lk->locked)
        sleep(lk, &lk->lk);
    while (lk->locked && MISTAKE != WAIT_ONCE)
        sleep(lk, &lk->lk);
    lk->locked = 1;
    lk->pid = myproc()->pid;
    release(&lk->lk);
}

void
releasesleep(struct sleeplock *lk)
{
    acquire(&lk->lk);
    lk->locked = 0;
    lk->pid = 0;
    wakeup(lk);
    release(&lk->lk);
}

// SPDX-License-Identifier: MIT
// spinlock.c - locks, and interrupts that are off while a hart holds one.
#include "mini.h"

struct cpu cpus[NHART];

struct cpu *
mycpu(void)
{
    register u64 hart __asm__("tp");
    return &cpus[hart];
}

static int
intr_get(void)
{
    return (CSR_READ(sstatus) & SSTATUS_SIE) != 0;
}

void
push_off(void)
{
    int on = intr_get();
    CSR_CLEAR(sstatus, SSTATUS_SIE);
    if (mycpu()->noff++ == 0)
        mycpu()->intena = on;
}

void
pop_off(void)
{
    struct cpu *c = mycpu();
    if (intr_get() || c->noff < 1)
        panic("pop_off");
    if (--c->noff == 0 && c->intena)
        CSR_SET(sstatus, SSTATUS_SIE);
}

void
initlock(struct spinlock *lk, const char *name)
{
    *lk = (struct spinlock){.name = name};
}

int
holding(struct spinlock *lk)
{
    return lk->locked && lk->cpu == mycpu();
}

void
acquire(struct spinlock *lk)
{
    if (!MAKES(NOFF_NOT_RAISED))
        push_off();
    if (holding(lk) && !MAKES(ACQUIRE_AGAIN))
        panic("acquire");
    while (__atomic_exchange_n(&lk->locked, 1, __ATOMIC_ACQUIRE) != 0)
        ;
    lk->cpu = mycpu();
}

void
release(struct spinlock *lk)
{
    if (!holding(lk))
        panic("release");
    lk->cpu = 0;
    __atomic_store_n(&lk->locked, 0, __ATOMIC_RELEASE);
    if (!MAKES(NOFF_NOT_LOWERED))
        pop_off();
}

// Releases a lock without release(), as code does into which that was inlined.
void
unlock(struct spinlock *lk)
{
    lk->cpu = 0;
    __atomic_store_n(&lk->locked, 0, __ATOMIC_RELEASE);
    pop_off();
}

// For the mistake CROSSED_LOCKS: harts 0 and 1 take two locks, each another one first.
__attribute__((noinline)) void
cross(void)
{
    static struct spinlock of[2] = {{.name = "left"}, {.name = "right"}};
    static u32 ready;
    register u64 hart __asm__("tp");
    if (hart > 1)
        return;
    acquire(&of[hart]);
    for (__sync_add_and_fetch(&ready, 1); *(volatile u32 *)&ready < 2;)
        ;
    acquire(&of[1 - hart]);
}

// Releases the lock if a process has left it to the scheduler, with its place in noff.
void
take_over(struct spinlock *lk)
{
    if (!holding(lk))
        return;
    mycpu()->noff++;
    release(lk);
}

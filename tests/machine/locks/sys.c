// SPDX-License-Identifier: MIT
// sys.c - system calls, and the programs that make them.
#include "kernel.h"

#define PIPE 8

enum {
    SYS_exit,
    SYS_wait,
    SYS_spawn,
    SYS_beep,
    SYS_nap,
    SYS_read,
    SYS_write,
    SYS_file,
    SYS_both,
    SYS_put,
    SYS_enter,
    SYS_peek,
    SYS_end
};

static struct {
    struct spinlock lock;
    uint nread, nwrite;
} pipe;

static struct {
    struct spinlock lock;
    uint beeps;
} beeper;

static struct {
    struct spinlock lock;
    int refs, freed;
} page;

static struct {
    uint readers, writers;
} door;

static struct spinlock clock_lock;
static uint ticks;
static struct sleeplock file[2], mutex;

void programs(void);

void
sysinit(void)
{
    initlock(&pipe.lock, "pipe");
    initlock(&beeper.lock, "beeper");
    initlock(&page.lock, "page");
    initlock(&clock_lock, "clock");
    initsleeplock(&file[0], "file 0");
    initsleeplock(&file[1], "file 1");
    initsleeplock(&mutex, "mutex");
}

void
clock_tick(void)
{
    acquire(&clock_lock);
    ticks++;
    wakeup(&ticks);
    release(&clock_lock);
}

static __attribute__((noinline)) void
sys_beep(void)
{
    acquire(&beeper.lock);
    beeper.beeps++;
    if (MISTAKE == TWICE || MISTAKE == LOCK_AGAIN)
        acquire(&beeper.lock);
    if (MISTAKE == LOCK_AGAIN)
        release(&beeper.lock);
    if (MISTAKE != TO_USER)
        release(&beeper.lock);
    if (MISTAKE == NOT_HELD)
        release(&beeper.lock);
}

static __attribute__((noinline)) void
sys_nap(void)
{
    acquire(&clock_lock);
    uint begin = ticks;
    if (MISTAKE == OPEN)
        intr_on();
    if (MISTAKE == ACROSS)
        yield();
    while (ticks - begin < 2)
        sleep(&ticks, &clock_lock);
    release(&clock_lock);
}

static __attribute__((noinline)) void
piperead(void)
{
    acquire(&pipe.lock);
    while (pipe.nread == pipe.nwrite)
        sleep(&pipe.nread, &pipe.lock);
    pipe.nread++;
    if (MISTAKE != LOST)
        wakeup(&pipe.nwrite);
    release(&pipe.lock);
}

static __attribute__((noinline)) void
pipewrite(void)
{
    acquire(&pipe.lock);
    while (pipe.nwrite == pipe.nread + PIPE)
        sleep(&pipe.nwrite, &pipe.lock);
    pipe.nwrite++;
    wakeup(&pipe.nread);
    release(&pipe.lock);
}

static __attribute__((noinline)) void
sys_file(void)
{
    acquiresleep(&file[0]);
    yield();
    if (MISTAKE != NO_UNLOCK)
        releasesleep(&file[0]);
}

// Takes a lock for the program, or releases it if the program has it.
static __attribute__((noinline)) void
sys_lock(void)
{
    if (mutex.locked && mutex.pid == myproc()->pid)
        releasesleep(&mutex);
    else
        acquiresleep(&mutex);
}

static __attribute__((noinline)) void
sys_both(uint64 first)
{
    first = MISTAKE == CROSSED ? first & 1 : 0;
    acquiresleep(&file[first]);
    yield();
    acquiresleep(&file[1 - first]);
    releasesleep(&file[1 - first]);
    releasesleep(&file[first]);
}

static __attribute__((noinline)) void
put(void)
{
    acquire(&page.lock);
    page.refs--;
    if (MAKES(CHECK_LATER) || MAKES(LATER_LOCKED)) {
        release(&page.lock);
        if (*(volatile int *)&page.refs == 0)
            page.freed = 1;
        return;
    }
    if (page.refs == 0)
        page.freed = 1;
    release(&page.lock);
}

static __attribute__((noinline)) void
sys_put(void)
{
    if (MAKES(LATER_LOCKED))
        acquiresleep(&file[0]);
    acquire(&page.lock);
    page.refs++;
    page.freed = 0;
    release(&page.lock);
    put();
    if (MAKES(LATER_LOCKED))
        releasesleep(&file[0]);
}

static __attribute__((noinline)) void
read_enter(void)
{
    for (;;) {
        while (__atomic_load_n(&door.writers, __ATOMIC_SEQ_CST) != 0)
            ;
        __sync_fetch_and_add(&door.readers, 1);
        if (__atomic_load_n(&door.writers, __ATOMIC_SEQ_CST) == 0)
            return;
        if (MISTAKE != LEAKED)
            __sync_fetch_and_sub(&door.readers, 1);
    }
}

static __attribute__((noinline)) void
write_enter(void)
{
    while (__sync_lock_test_and_set(&door.writers, 1) != 0)
        ;
    while (__atomic_load_n(&door.readers, __ATOMIC_SEQ_CST) != 0)
        ;
}

static __attribute__((noinline)) void
sys_enter(uint64 writes)
{
    push_off();
    for (int i = 0; i < 20; i++) {
        if (writes) {
            write_enter();
            __atomic_store_n(&door.writers, 0, __ATOMIC_SEQ_CST);
        } else {
            read_enter();
            __sync_fetch_and_sub(&door.readers, 1);
        }
    }
    pop_off();
}

static uint64
ecall(uint64 number, uint64 arg)
{
    register uint64 a0 __asm__("a0") = arg;
    register uint64 a7 __asm__("a7") = number;
    __asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
    return a0;
}

static void
idler(void)
{
    ecall(SYS_exit, 0);
}

static void
locker(void)
{
    for (int i = 0; i < 400; i++) {
        if (i % 20 == 10) {
            ecall(SYS_spawn, 4);
            ecall(SYS_wait, 0);
        }
        ecall(SYS_beep, 0);
        ecall(SYS_put, 0);
        ecall(SYS_enter, (uint64)i & 1);
        ecall(SYS_peek, 0);
        if (i % 100 == 0) {
            ecall(SYS_nap, 0);
            ecall(SYS_file, 0);
            ecall(SYS_both, 0);
            ecall(SYS_both, 1);
        }
    }
    ecall(SYS_exit, 0);
}

static void
writer(void)
{
    for (int i = 0; i < 40; i++)
        ecall(SYS_write, 0);
    ecall(SYS_exit, 0);
}

static void
reader(void)
{
    for (int i = 0; i < 40; i++)
        ecall(SYS_read, 0);
    ecall(SYS_exit, 0);
}

static void
shell(void)
{
    for (int i = 0; i < 4; i++) {
        for (uint64 n = 0; n < 4; n++)
            ecall(SYS_spawn, n);
        for (uint64 n = 0; n < 4; n++)
            ecall(SYS_wait, 0);
    }
    ecall(SYS_end, 0);
}

uint64
syscall(uint64 number, uint64 arg)
{
    static void (*const child[])(void) = {writer, reader, locker, locker, idler};
    static const char names[5][16] = {"writer", "reader", "locker", "locker", "idler"};
    switch (number) {
    case SYS_exit:
        kexit();
    case SYS_wait:
        return (uint64)kwait();
    case SYS_spawn:
        spawn(child[arg % 5], names[arg % 5]);
        break;
    case SYS_beep:
        sys_beep();
        break;
    case SYS_nap:
        sys_nap();
        break;
    case SYS_read:
        piperead();
        break;
    case SYS_write:
        pipewrite();
        break;
    case SYS_file:
        sys_file();
        if (MISTAKE == PROGRAM_LOCK)
            sys_lock();
        break;
    case SYS_both:
        sys_both(arg);
        break;
    case SYS_put:
        sys_put();
        break;
    case SYS_enter:
        sys_enter(arg);
        break;
    case SYS_peek:
        return ticks; // a peek without the lock does no harm
    case SYS_end:
        finish(0);
    }
    return 0;
}

void
programs(void)
{
    spawn(shell, "shell\0\0\0\0\0\0\0\0\0\0");
}

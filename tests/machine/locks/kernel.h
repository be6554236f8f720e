// SPDX-License-Identifier: MIT
// kernel.h - a small kernel with locks, processes, sleep and wakeup, in the shape of xv6.
//
// Theory    It runs in S-mode without translation; its programs run in U-mode in the same image.
//           Each build has at most one mistake: MISTAKE is one of enum mistake.
#pragma once

typedef unsigned long uint64;
typedef unsigned int uint;

#define NCPU  4
#define NPROC 8

enum mistake {
    NO_MISTAKE,
    SLEEP_EARLY, // sleep: lk is released before p->lock is held
    WAIT_ONCE,   // acquiresleep: it looks at the lock once
    ORDER,       // kexit() takes p->lock before wait_lock; kwait() the other way round
    TO_USER,     // sys_beep() returns with its lock held
    ACROSS,      // sys_nap() yields with a lock held
    TWICE,       // sys_beep() takes its lock again
    NOT_HELD,    // sys_beep() releases its lock twice
    OPEN,        // clock_lock is taken with interrupts on
    LOST,        // piperead() wakes no writer
    NO_UNLOCK,   // sys_file() leaves its sleep lock held
    CROSSED,     // two sleep locks are taken in both orders
    RACE,        // allocpid() takes no lock
    CHECK_LATER, // put() looks at the count after it has let go of the lock
    LEAKED,      // a reader of a read-write lock leaves its count behind
    // Few kernels do the following, which is correct.
    LOCK_AGAIN,   // a hart may acquire a spinlock that it holds: sys_beep() does so
    PROGRAM_LOCK, // sys_lock() leaves a sleep lock held for a program, until it calls again
    LATER_LOCKED, // put() looks at the count later, and a sleep lock protects it all the time
};

#define MAKES(mistake) (MISTAKE == (mistake))

struct cpu {
    struct proc *proc;
    uint64 context[14];
    int noff, intena;
};

struct spinlock {
    uint locked;
    const char *name;
    struct cpu *cpu;
    uint again; // how often its holder has acquired it again
};

struct sleeplock {
    uint locked;
    struct spinlock lk;
    int pid;
};

enum procstate { UNUSED, USED, SLEEPING, RUNNABLE, RUNNING, ZOMBIE };

struct trapframe {
    uint64 kernel_sp, kernel_tp, epc;
    uint64 x[32];
};

struct proc {
    struct spinlock lock;
    enum procstate state;
    void *chan;
    int pid;
    struct proc *parent;
    struct trapframe *trapframe;
    uint64 context[14]; // ra, sp, s0 to s11
    char name[16];
};

extern struct cpu cpus[NCPU];
extern struct proc proc[NPROC];
extern struct spinlock wait_lock;

// start.c
_Noreturn void panic(const char *);
void finish(int failed);
// spinlock.c
void initlock(struct spinlock *, const char *);
void acquire(struct spinlock *);
void release(struct spinlock *);
int holding(struct spinlock *);
void push_off(void);
void pop_off(void);
struct cpu *mycpu(void);
struct proc *myproc(void);
void initsleeplock(struct sleeplock *, const char *);
void acquiresleep(struct sleeplock *);
void releasesleep(struct sleeplock *);
// proc.c
void procinit(void);
void spawn(void (*program)(void), const char *name);
void scheduler(void);
void sched(void);
void yield(void);
void sleep(void *chan, struct spinlock *);
void wakeup(void *chan);
_Noreturn void kexit(void);
int kwait(void);
// trap.c
void trapinithart(void);
void usertrapret(void);
// sys.c
void sysinit(void);
void clock_tick(void);
uint64 syscall(uint64 number, uint64 arg);

static inline uint64
intr_get(void)
{
    uint64 x;
    __asm__ volatile("csrr %0, sstatus" : "=r"(x));
    return x & 2;
}

static inline void
intr_on(void)
{
    __asm__ volatile("csrsi sstatus, 2");
}

static inline void
intr_off(void)
{
    __asm__ volatile("csrci sstatus, 2");
}

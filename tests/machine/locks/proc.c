// SPDX-License-Identifier: MIT
// proc.c - processes: made, scheduled, put to sleep, woken, ended, waited for.
#include "kernel.h"

#include "sleep.h"

#define STACK 4096

struct proc proc[NPROC];
struct spinlock wait_lock;

static struct spinlock pid_lock;
static int nextpid = 1;
static struct trapframe frames[NPROC];
static char kernel_stacks[NPROC][STACK] __attribute__((aligned(16)));
static char user_stacks[NPROC][STACK] __attribute__((aligned(16)));

void swtch(uint64 *from, uint64 *to);
void forkret(void);

__asm__(".globl swtch\n"
        ".type swtch, @function\n"
        "swtch:\n"
        "sd ra, 0(a0)\n sd sp, 8(a0)\n"
        ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11\n"
        "sd s\\n, 16 + 8 * \\n(a0)\n"
        ".endr\n"
        "ld ra, 0(a1)\n ld sp, 8(a1)\n"
        ".irp n, 0,1,2,3,4,5,6,7,8,9,10,11\n"
        "ld s\\n, 16 + 8 * \\n(a1)\n"
        ".endr\n"
        "ret\n"
        ".size swtch, . - swtch\n");

void
procinit(void)
{
    initlock(&wait_lock, "wait_lock");
    initlock(&pid_lock, "nextpid");
    for (int i = 0; i < NPROC; i++)
        initlock(&proc[i].lock, "proc");
}

static __attribute__((noinline)) int
allocpid(void)
{
    if (MISTAKE != RACE)
        acquire(&pid_lock);
    int pid = nextpid;
    nextpid = pid + 1;
    if (MISTAKE != RACE)
        release(&pid_lock);
    return pid;
}

static struct proc *
allocproc(void)
{
    int pid = allocpid();
    for (struct proc *p = proc; p < &proc[NPROC]; p++) {
        acquire(&p->lock);
        if (p->state == UNUSED) {
            p->pid = pid;
            p->state = USED;
            return p;
        }
        release(&p->lock);
    }
    return 0;
}

// Makes a process that runs `program`; a child of the present one, if there is one.
void
spawn(void (*program)(void), const char *name)
{
    struct proc *p = allocproc();
    if (p == 0)
        return;
    int i = (int)(p - proc);
    p->trapframe = &frames[i];
    p->trapframe->epc = (uint64)program;
    p->trapframe->x[2] = (uint64)(user_stacks[i] + STACK);
    p->trapframe->kernel_sp = (uint64)(kernel_stacks[i] + STACK);
    p->context[0] = (uint64)forkret;
    p->context[1] = p->trapframe->kernel_sp;
    p->context[2] = 0;
    for (int n = 0; n < 16; n++)
        p->name[n] = name[n];
    release(&p->lock);
    acquire(&wait_lock);
    p->parent = mycpu()->proc;
    release(&wait_lock);
    acquire(&p->lock);
    p->state = RUNNABLE;
    release(&p->lock);
}

void
forkret(void)
{
    release(&myproc()->lock);
    usertrapret();
}

void
scheduler(void)
{
    struct cpu *c = mycpu();
    for (;;) {
        int found = 0;
        intr_on();
        for (struct proc *p = proc; p < &proc[NPROC]; p++) {
            acquire(&p->lock);
            if (p->state == RUNNABLE) {
                found = 1;
                p->state = RUNNING;
                c->proc = p;
                swtch(c->context, p->context);
                c->proc = 0;
            }
            release(&p->lock);
        }
        if (!found)
            __asm__ volatile("wfi");
    }
}

void
sched(void)
{
    struct proc *p = myproc();
    if (!holding(&p->lock))
        panic("sched p->lock");
    if (mycpu()->noff != 1)
        panic("sched locks");
    int intena = mycpu()->intena;
    swtch(p->context, mycpu()->context);
    mycpu()->intena = intena;
}

void
yield(void)
{
    struct proc *p = myproc();
    acquire(&p->lock);
    p->state = RUNNABLE;
    sched();
    release(&p->lock);
}

void
kexit(void)
{
    struct proc *p = myproc();
    if (MISTAKE == ORDER) {
        acquire(&p->lock);
        acquire(&wait_lock);
        wakeup(p->parent);
    } else {
        acquire(&wait_lock);
        wakeup(p->parent);
        acquire(&p->lock);
    }
    p->state = ZOMBIE;
    release(&wait_lock);
    sched();
    panic("zombie exit");
}

// Waits for a child to end. Returns its pid, -1 if there is none.
int
kwait(void)
{
    acquire(&wait_lock);
    for (;;) {
        int children = 0;
        for (struct proc *p = proc; p < &proc[NPROC]; p++) {
            if (p->parent != myproc())
                continue;
            acquire(&p->lock);
            children = 1;
            if (p->state == ZOMBIE) {
                int pid = p->pid;
                p->state = UNUSED;
                p->parent = 0;
                release(&p->lock);
                release(&wait_lock);
                return pid;
            }
            release(&p->lock);
        }
        if (!children) {
            release(&wait_lock);
            return -1;
        }
        sleep(myproc(), &wait_lock);
    }
}

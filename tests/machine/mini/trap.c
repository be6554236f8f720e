// SPDX-License-Identifier: MIT
// trap.c - system calls, faults, the timer and the console's interrupt.
#include "files.h"
#include "mini.h"
#include "calls.h"

#define TIMER      (1UL << 63 | 5)
#define EXTERNAL   (1UL << 63 | 9)
#define TICK       100000
#define UART_IRQ   10
#define PLIC_CLAIM (*(volatile u32 *)(PLIC + 0x201004))

enum { A0 = 10, A7 = 17 };

void
trapinithart(void)
{
    CSR_WRITE(stvec, kernelvec);
    CSR_WRITE(stimecmp, CSR_READ(time) + TICK);
    CSR_SET(sie, 1UL << 5 | 1UL << 9);
}

// A mistake: at each tick, on each hart, marks the first page as older.
void
age(void)
{
    pte_t *pte = proc[0].sz != 0 ? walk(proc[0].pagetable, 0, 0) : 0;
    if (pte != 0)
        *pte ^= PTE_COW << 1;
}

static void
clockintr(void)
{
    if (!MAKES(TIMER_NOT_SET))
        CSR_WRITE(stimecmp, CSR_READ(time) + TICK);
    if (MAKES(ENTRY_RACE))
        age();
    if (MAKES(CROSSED_LOCKS))
        cross();
    if (MAKES(FREE_LATE))
        give_up();
}

// Handles an interrupt. Returns 2 for the timer, 1 for a device, 0 if it is none.
static int
devintr(u64 cause)
{
    if (cause == TIMER) {
        clockintr();
        return 2;
    }
    if (cause != EXTERNAL)
        return 0;
    u32 irq = PLIC_CLAIM;
    if (irq == UART_IRQ)
        consoleintr();
    if (irq != 0 && !MAKES(NOT_COMPLETED))
        PLIC_CLAIM = irq;
    return 1;
}

// Goes as deep as it is told, with a frame of half a KiB for each step.
static int
dive(int depth)
{
    volatile char frame[512];
    frame[0] = (char)depth;
    return depth == 0 ? frame[0] : dive(depth - 1) + frame[0];
}

static void (*handler)(void);

// The log of a file system that has no files: it only counts the operations that are open.
static int operations;

void
begin_op(void)
{
    __sync_add_and_fetch(&operations, 1);
}

void
end_op(void)
{
    __sync_sub_and_fetch(&operations, 1);
}

// Lets the process end when it goes back to user mode.
static u64
kill(int pid)
{
    for (struct proc *p = proc; p < &proc[NPROC]; p++) {
        acquire(&p->lock);
        if (p->pid == pid)
            p->killed = 1;
        if (p->pid == pid && p->state == SLEEPING && !MAKES(KILL_NO_WAKE))
            p->state = RUNNABLE;
        release(&p->lock);
    }
    return 0;
}

// Gives the process a new root with the old entries.
static __attribute__((noinline)) void
renew(struct proc *p)
{
    pagetable_t root = uvmcreate();
    memmove(root, p->pagetable, PGSIZE);
    kfree(p->pagetable);
    if (!MAKES(ROOT_OLD))
        p->pagetable = root;
}

static u64
syscall(struct proc *p)
{
    u64 number = p->trapframe->regs[A7], a = p->trapframe->regs[A0];
    switch (number) {
    case CALL_FORK:
        return (u64)fork();
    case CALL_EXIT:
        exit((int)a);
        return 0;
    case CALL_WAIT:
        return (u64)wait(a);
    case CALL_SBRK:
        return growproc((long)a);
    case CALL_PUTC:
        begin_op();
        putc((int)a);
        if (!MAKES(LOG_LEFT_OPEN))
            end_op();
        return 0;
    case CALL_GETC:
        return (u64)consoleread();
    case CALL_DIVE:
        if (MAKES(JUMP_TO_NOTHING))
            handler();
        if (MAKES(ROOT_FREED))
            kfree(p->pagetable);
        if (MAKES(ROOT_OLD) || TAKES(NEW_ROOTS))
            renew(p);
        if (MAKES(ROOT_OLD))
            kfree(kalloc());
        return (u64)dive(MAKES(STACK_SMALL) ? 10 : 2);
    case CALL_GROW_LAZILY:
        return growlazily(a);
    case CALL_STACK: // another thread's stack, in return for that of this one
        number = p->trapframe->sp;
        p->trapframe->sp = a;
        return number;
    case CALL_OPEN:
        return sys_open();
    case CALL_CLOSE:
        return sys_close();
    case CALL_MMAP:
        return sys_mmap();
    case CALL_MUNMAP:
        return sys_munmap();
    case CALL_CHDIR:
        return sys_chdir();
    case CALL_KILL:
        return kill((int)a);
    case CALL_SHUTDOWN:
        shutdown();
        return 0;
    default:
        return ~0UL;
    }
}

static void
killed_by(struct proc *p, u64 cause)
{
    puts("usertrap: scause ");
    puthex(cause);
    puts(" pid ");
    puthex((u64)p->pid);
    puts(" sepc ");
    puthex(CSR_READ(sepc));
    puts(" stval ");
    puthex(CSR_READ(stval));
    putc('\n');
    p->killed = 1;
}

// Gives the process a page that it may use: a copy, or one that it has not touched before.
static int
resolve(struct proc *p, u64 cause, u64 va)
{
    if (TAKES(TEXT_LATER) && cause != 15 && textfault(p->pagetable, va) == 0)
        return 1;
    if (cause == 15 && cowfault(p->pagetable, va) == 0)
        return 1;
    if ((cause == 13 || cause == 15) && filefault(p, va) == 0)
        return 1;
    return (cause == 13 || cause == 15) && vmfault(p->pagetable, va, p->sz) == 0;
}

void
usertrap(void)
{
    struct proc *p = myproc();
    u64 cause = CSR_READ(scause);
    int device = 0;
    if (CSR_READ(sstatus) & SSTATUS_SPP)
        panic("usertrap: not from user mode");
    if (!MAKES(STVEC_KEPT))
        CSR_WRITE(stvec, kernelvec);
    p->trapframe->epc = CSR_READ(sepc);
    if (cause == 8) {
        if (!MAKES(ECALL_AGAIN))
            p->trapframe->epc += 4;
        if (MAKES(EPC_INSIDE))
            p->trapframe->epc -= 2;
        CSR_SET(sstatus, SSTATUS_SIE);
        p->trapframe->regs[A0] = syscall(p);
    } else if ((device = devintr(cause)) == 0) {
        if (!resolve(p, cause, CSR_READ(stval)))
            killed_by(p, cause);
    }
    if (p->killed)
        exit(-1);
    if (device == 2)
        yield();
    usertrapret();
}

void
usertrapret(void)
{
    struct proc *p = myproc();
    if (!MAKES(SIE_KEPT))
        CSR_CLEAR(sstatus, SSTATUS_SIE);
    CSR_WRITE(stvec, TRAMPOLINE + (u64)(uservec - trampoline));
    p->trapframe->kernel_satp = CSR_READ(satp);
    p->trapframe->kernel_sp = STACK_END(p) - (MAKES(SP_AT_BOTTOM) ? PGSIZE : 0);
    p->trapframe->kernel_trap = (u64)usertrap;
    register u64 hart __asm__("tp");
    if (!MAKES(HART_NOT_STORED))
        p->trapframe->kernel_hartid = hart;
    CSR_CLEAR(sstatus, SSTATUS_SPP);
    if (MAKES(SPP_KEPT))
        CSR_SET(sstatus, SSTATUS_SPP);
    CSR_SET(sstatus, SSTATUS_SPIE);
    CSR_WRITE(sepc, p->trapframe->epc);
    void (*to_user)(u64) = (void (*)(u64))(TRAMPOLINE + (u64)(userret - trampoline));
    to_user(MAKE_SATP(p->pagetable));
}

void
kerneltrap(void)
{
    u64 epc = CSR_READ(sepc), status = CSR_READ(sstatus), cause = CSR_READ(scause);
    int device = devintr(cause);
    if (device == 0) {
        puts("kerneltrap: scause ");
        puthex(cause);
        puts(" sepc ");
        puthex(epc);
        puts(" stval ");
        puthex(CSR_READ(stval));
        putc('\n');
        panic("kerneltrap");
    }
    if (device == 2 && myproc() != 0)
        yield();
    CSR_WRITE(sepc, epc);
    if (!MAKES(STATUS_LOST))
        CSR_WRITE(sstatus, status);
}

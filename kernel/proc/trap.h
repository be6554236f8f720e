// SPDX-License-Identifier: MIT
// trap.h - the ways into the kernel.
#pragma once

#include "lib/types.h"
#include "proc/proc.h"
#include "rv/csr.h"
#include "rv/trapframe.h"

struct kernelframe;

void trapinit(void);     // once, after the design of the kernel's page table is known
void trapinithart(void); // this hart's traps lead into the kernel, and its interrupts are enabled
void trap_prepare(struct proc *p); // its trapframe's kernel part
void trap_start(void);             // where a new process's kernel stack begins

struct userret usertrap(void);       // traps from user mode that are no system calls
struct userret usersyscall(void);    // upcall to sys/: system calls
void trap_exit_work(struct proc *p); // pending work before user mode: preemption, alarms, kill
void kerneltrap(struct kernelframe *f);
void kstack_overflow(struct kernelframe *f) noreturn;

extern syscall_fn *const native_calls[]; // sys/: the system calls of a process that is not traced
extern uint64 trap_user_stvec;           // the address of uservec in the user's table

// Begins a trap from user mode: further traps of this hart are the kernel's own.
static inline void
trap_enter(void)
{
    csr_write(stvec, kernelvec);
}

// Ends a trap: does pending work, and prepares the return to user mode.
// Returns   what the trampoline needs.
static inline struct userret
trap_leave(struct proc *p)
{
    if (unlikely(mycpu()->need_resched | p->killed))
        trap_exit_work(p);
    csr_write(stvec, trap_user_stvec);
    return p->way_out;
}

// SPDX-License-Identifier: MIT
// trap.h - the ways into the kernel.
#pragma once

#include "lib/types.h"
#include "proc/proc.h"
#include "rv/csr.h"
#include "rv/trapframe.h"

struct kernelframe;

void trapinit(void); // once, after the design of the kernel's page table is known
void
trapinithart(void); // traps of this hart lead into the kernel; interrupts it waits for are enabled
void trap_prepare(struct proc *p); // its trapframe's kernel part
void trap_start(void);             // where a new process's kernel stack begins

struct userret usertrap(void);       // from user mode, but for system calls
struct userret usersyscall(void);    // upcall to sys/: those
void trap_exit_work(struct proc *p); // pending work before user mode: preemption, alarms, kill
void kerneltrap(struct kernelframe *f);
void kstack_overflow(struct kernelframe *f) noreturn;

extern syscall_fn *const native_calls[]; // sys/: where calls lead unless the process is traced
extern uint64 trap_user_stvec;           // where uservec is in the user's table

// The first thing after the way in.
static inline void
trap_enter(void)
{
    csr_write(stvec, kernelvec);
}

// The last thing before the way out, which it returns.
static inline struct userret
trap_leave(struct proc *p)
{
    if (unlikely(mycpu()->need_resched | p->killed))
        trap_exit_work(p);
    csr_write(stvec, trap_user_stvec);
    return p->way_out;
}

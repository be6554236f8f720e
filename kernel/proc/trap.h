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

void usertrap(void);                 // traps from user mode that are no system calls
void trap_exit_work(struct proc *p); // pending work before user mode: preemption, alarms, kill
void kerneltrap(struct kernelframe *f);
void kstack_overflow(struct kernelframe *f) noreturn;

extern syscall_fn *const native_calls[]; // sys/: the system calls of a process that is not traced
extern uint64 trap_userret;              // the end of the way to user mode, in the user's table

// Ends a trap: does pending work.
static inline void
trap_leave(struct proc *p)
{
    if (unlikely(mycpu()->need_resched | p->killed))
        trap_exit_work(p);
}

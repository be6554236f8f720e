// SPDX-License-Identifier: MIT
// trap.h - the ways into the kernel.
#pragma once

#include "lib/types.h"
#include "proc/proc.h"

struct kernelframe;

void trapinit(void); // once, after the design of the kernel's page table is known
void
trapinithart(void); // traps of this hart lead into the kernel; interrupts it waits for are enabled
void trap_prepare(struct proc *p); // its trapframe's kernel part
void trap_start(void);             // where a new process's kernel stack begins

struct userret usertrap(void);
void kerneltrap(struct kernelframe *f);
void kstack_overflow(struct kernelframe *f) noreturn;

void syscall(struct proc *p);            // upcall to sys/: the call that p's registers describe
extern syscall_fn *const native_calls[]; // sys/: where it leads unless the process is traced

// SPDX-License-Identifier: MIT
// syscall.h - system calls: arguments, results, and the functions behind the numbers.
#pragma once

#include "proc/proc.h"

// A special result: the call has set all user registers itself, a0 too (sigreturn).
#define SYSCALL_DONE (-4096L)

#define SYSCALL(number, name, nargs) syscall_fn sys_##name;
#include "sys/calls.inc"
#undef SYSCALL

// rv/trampoline.S calls these: at the end of a call, for a number without a function, and for
// sys_fork() and traced(), after it has saved all registers.
void syscall_finish(struct proc *p, int64 result);
syscall_fn unknown_call, fork_call, traced, traced_call;

extern bool sys_call23_interposes; // call 23 is interpose(), not sysinfo(); constant after boot

// Copies a path from the user; `buf` has MAXPATH bytes. 0, -EFAULT, -ENAMETOOLONG, -EPERM.
int fetchpath(struct proc *p, uint64 va, char *buf) must_check;

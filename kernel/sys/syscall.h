// SPDX-License-Identifier: MIT
// syscall.h - system calls: arguments, results, and the functions behind the numbers.
#pragma once

#include "lib/types.h"

struct proc;

// One call: `a` are the registers a0 to a5. Returns what a0 will be, or -E, which the program sees
// as -1 (and the number in its USYSCALL page).
typedef int64 syscall_fn(struct proc *p, const uint64 *a);

#define SYSCALL(number, name, nargs) syscall_fn sys_##name;
#include "sys/calls.inc"
#undef SYSCALL

// Copies a path from the user; `buf` has MAXPATH bytes. 0, -EFAULT, -ENAMETOOLONG.
int fetchpath(struct proc *p, uint64 va, char *buf) must_check;

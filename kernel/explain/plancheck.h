// SPDX-License-Identifier: MIT
// plancheck.h - checks the address-space layouts of the kernel and of processes.
#pragma once

struct aspace;

void check_kernel_plan(void);       // panics if two parts of the kernel's half overlap
void check_plan(struct aspace *as); // panics if a process's layout breaks a promise of plan.h

#ifdef DEBUG
#define plan_dcheck(as) check_plan(as) // after every system call in debug builds
#else
#define plan_dcheck(as) ((void)0)
#endif

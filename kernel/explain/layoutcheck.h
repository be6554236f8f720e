// SPDX-License-Identifier: MIT
// layoutcheck.h - checks the address-space layouts of the kernel and of processes.
#pragma once

struct aspace;

void check_kernel_layout(void); // panics if two parts of the kernel's half overlap
// Panics if a process's layout breaks a promise of layoutrules.h.
void check_layout(struct aspace *as);

#ifdef DEBUG
#define layout_dcheck(as) check_layout(as) // after every system call in debug builds
#else
#define layout_dcheck(as) ((void)0)
#endif

// SPDX-License-Identifier: MIT
// layoutcheck.h - checks the address-space layouts of the kernel and of processes.
#pragma once

struct aspace;

void check_kernel_layout(void); // panics if two parts of the kernel's half overlap
// Panics if a process's layout breaks a promise of layoutrules.h.
void check_layout(struct aspace *as);

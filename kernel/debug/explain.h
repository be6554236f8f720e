// SPDX-License-Identifier: MIT
// explain.h - tells in words why a program was stopped, and what the kernel ran into.
#pragma once

#include "lib/types.h"

struct aspace;
struct kernelframe;
struct trapframe;

// A process, as far as explanations need it: what is below proc/ knows no more of processes.
struct subject {
    int pid;
    const char *name;
    struct aspace *as;          // NULL: none
    const struct trapframe *tf; // its registers in user mode
};

int explain_set_mode(const char *name) must_check; // "full", "short" or "off"; -EINVAL

// A user program's trap that ends it; `error` is what resolving it came to (-EFAULT, -ENOMEM ...). May sleep.
void explain_user(const struct subject *s, uint64 cause, uint64 stval, int error);

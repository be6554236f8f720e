// SPDX-License-Identifier: MIT
// explain.h - tells in words why a program was stopped, and what the kernel ran into.
#pragma once

#include "lib/types.h"
#include "pt/read/translate.h"

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

// What proc/ knows of its processes, without taking a lock. Both return false if there is none.
struct explain_hooks {
    bool (*current)(struct subject *s);               // who runs on this hart
    bool (*on_kstack)(uint64 top, struct subject *s); // whose kernel stack ends there
};

int explain_set_mode(const char *name) must_check; // "auto", "full", "short", "off"; -EINVAL
void explain_init(void);                           // panics are explained from now on
void explain_set_hooks(const struct explain_hooks *h);
bool explain_current(struct subject *s); // the process on this hart; false: none

// A user program's trap that ends it; `error` is what resolving it came to (-EFAULT, -ENOMEM ...).
// May sleep.
void explain_user(const struct subject *s, uint64 cause, uint64 stval, int error);

// A process is stopped because `other`, which shares its memory since a fork, has no frame left.
void explain_starved(int pid, const char *name, int other, const char *other_name);

// For panics: straight to the console, without locks.
void explain_kernel(const struct kernelframe *f); // a trap of the kernel's own
void explain_user_page(const struct aspace *as, uint64 va,
                       enum pt_access access); // as user mode sees it
void explain_plan(const void *plan_fault);     // which parts, and what to do

// SPDX-License-Identifier: MIT
// explain.h - explains in words why a program is stopped, and why the kernel panics.
#pragma once

#include "lib/types.h"
#include "pt/read/translate.h"

struct aspace;
struct kernelframe;
struct trapframe;

// A process, as far as explanations need it: rooms below proc/ do not have struct proc.
struct subject {
    int pid;
    const char *name;
    struct aspace *as;          // NULL: none
    const struct trapframe *tf; // its registers in user mode
};

// How to find processes, for panics: without a lock. Both return false if there is none.
struct explain_hooks {
    bool (*current)(struct subject *s);               // the process on this hart
    bool (*on_kstack)(uint64 top, struct subject *s); // the process whose kernel stack ends there
};

extern int explain_mode; // which programs are explained; constant after boot
void explain_init(void); // panics are explained from now on
void explain_set_hooks(const struct explain_hooks *h);
bool explain_current(struct subject *s); // the process on this hart; false: none

// Reports a trap that ends a user program, and explains it; `error` is vmfault()'s (-EFAULT,
// -ENOMEM ...). May sleep.
void explain_user(const struct subject *s, uint64 cause, uint64 stval, int error);

// Explains that a process is stopped because `other`, of its family, needs a frame and none is
// left.
void explain_starved(int pid, const char *name, int other, const char *other_name);

// For panics: straight to the console, without locks.
void explain_kernel(const struct kernelframe *f); // a trap of the kernel's own
void explain_user_page(const struct aspace *as, uint64 va,
                       enum pt_access access); // as user mode sees it
void explain_layout(const void *layout_fault); // the wrong parts, and what to do

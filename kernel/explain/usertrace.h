// SPDX-License-Identifier: MIT
// usertrace.h - the chain of callers in a user program.
#pragma once

#include "explain/usersym.h"
#include "lib/types.h"

struct aspace;
struct trapframe;

struct usertrace {
    int n;
    uint64 pc[USERSYM_MAX]; // where it stopped, then return addresses
    struct usersym sym[USERSYM_MAX];
};

// Collects where the program is, and its callers, with names as far as `how` allows.
void usertrace_take(struct usertrace *t, struct aspace *as, const struct trapframe *tf,
                    enum usersym_how how);
// "function+0x12", or the bare address.
const char *usertrace_place(const struct usertrace *t, int i, char *buf, size_t size);

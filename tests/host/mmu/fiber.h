// SPDX-License-Identifier: MIT
// fiber.h - flows of control on stacks of their own: one for each kernel stack, and the test's.
#pragma once

#include <ucontext.h>

struct fiber {
    ucontext_t context;
    void *stack; // NULL: the one the program was started on
    unsigned long size;
    void *shadow; // the sanitizer's
    void (*entry)(void);
};

void fiber_start(struct fiber *f,
                 void (*entry)(void)); // entry, which never returns, runs when f is switched to
void fiber_switch(struct fiber *from, struct fiber *to); // returns when a fiber switches to `from`

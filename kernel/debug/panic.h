// SPDX-License-Identifier: MIT
// panic.h - what panic() of lib/panic.h needs to know of the machine, and its form for traps.
#pragma once

#include "lib/panic.h"
#include "lib/types.h"

// All fields are optional; `stack_top` tells where the stack around an address ends.
struct panic_hooks {
    void (*stop_others)(void); // ask the other harts to call panic_park()
    uint64 (*stack_top)(uint64 sp);
};

void panic_set_hooks(const struct panic_hooks *hooks);
void panic_from(uint64 pc, uint64 fp, const char *fmt, ...) noreturn printflike(3, 4);
bool panicking(void);  // has some hart panicked?
void panic_park(void); // never returns if another hart has panicked; else does nothing

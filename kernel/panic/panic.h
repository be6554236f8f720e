// SPDX-License-Identifier: MIT
// panic.h - what panic() of lib/panic.h needs to know of the machine, and its form for traps.
#pragma once

#include "lib/panic.h"
#include "lib/types.h"

struct kernelframe;
struct plan_fault;

// Known from some point of the boot on: what asks the other harts to call panic_park(), and what
// turns the machine off with an exit code. Either may be NULL.
void panic_set_hooks(void (*stop_others)(void), void (*power_off)(int code));
void panic_from(uint64 pc, uint64 fp, const char *fmt, ...) noreturn printflike(3, 4);
// About a trap of the kernel's own: it is explained.
void panic_trap(const struct kernelframe *f, const char *fmt, ...) noreturn printflike(2, 3);
// About a plan of an address space (mm/inspect/plan.h): both parts are named.
void panic_plan(const struct plan_fault *f) noreturn;
bool panicking(void);  // has some hart panicked?
void panic_park(void); // never returns if another hart has panicked; else does nothing

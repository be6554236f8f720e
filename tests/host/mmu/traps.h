// SPDX-License-Identifier: MIT
// traps.h - the code between user mode and the kernel: traps, switches, copies, kernel stacks.
#pragma once

#include "lib/types.h"
#include "pt/read/translate.h"

struct context;

// For user code, on whatever hart it is.
// The physical address, after all faults it takes.
uint64 traps_at(uint64 va, enum pt_access access);
int64 traps_call(uint64 number, uint64 a0, uint64 a1); // ecall; returns a0
void traps_timer(void);                                // the time slice ends

void traps_vector(void);             // the kernel traps: stvec's code is there
void calls_serve(void);              // the system call of the running process (calls.c)
void traps_user_main(void) noreturn; // user code from its first instruction on (user.c)

struct fiber *traps_fiber(const struct context *context); // of the flow that `context` belongs to

// SPDX-License-Identifier: MIT
// machine.h - the code between user mode and the kernel: traps, switches, copies, kernel stacks.
#pragma once

#include "lib/types.h"
#include "pt/read/translate.h"

struct context;

// For user code, on whatever hart it is.
uint64 machine_at(uint64 va,
                  enum pt_access access); // the physical address, after all faults it takes
int64 machine_call(uint64 number, uint64 a0, uint64 a1); // ecall; returns a0
void machine_timer(void);                                // the time slice ends

void machine_vector(void);             // the kernel traps: stvec's code is there
void calls_serve(void);                // the system call of the running process (calls.c)
void machine_user_main(void) noreturn; // user code from its first instruction on (user.c)

struct fiber *machine_fiber(const struct context *context); // of the flow that `context` belongs to

// SPDX-License-Identifier: MIT
// execute.h - the interpreter.
#pragma once

#include "base/types.h"

struct code;
struct machine;

// Runs hart `hart` until its lane's budget is used up or `attention` is set. Traps are taken on
// the way; interrupts are the caller's. On return pc, retired and the budget are exact.
void execute(struct machine *m, unsigned hart);
// Tells the code pages how operations are entered. Before the first instruction.
void execute_setup(struct code *c);
// As execute_setup(), for a machine that counts (sight/count.h).
void execute_counted_setup(struct code *c);

// SPDX-License-Identifier: MIT
// backtrace.h - the chain of callers, from the frame pointers on a stack.
#pragma once

#include "lib/types.h"

// Writes the return addresses found from frame pointer `fp` on, within the stack [low, high), to
// pcs[]; returns how many.
int backtrace_walk(uint64 fp, uint64 low, uint64 high, uint64 *pcs, int max);
void backtrace_print(uint64 fp, uint64 low, uint64 high); // one line per caller, with symbols
void backtrace_print_pc(uint64 pc);                       // one such line

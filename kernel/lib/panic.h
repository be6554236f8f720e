// SPDX-License-Identifier: MIT
// panic.h - the end of the kernel, when one of its own invariants is broken.
//
// panic() and its facts are defined in panic/panic.c (an upcall that every layer may make).
#pragma once

#include "lib/types.h"

void panic(const char *fmt, ...) noreturn printflike(1, 2); // prints, backtraces, powers off
// panic() about frames of memory, by physical address: the page table, the frame that is there and
// the one that was to be there (0: none). The message names their owners.
void panic_frames(uint64 table, uint64 there, uint64 wanted, const char *fmt, ...) noreturn
    printflike(4, 5);
void assert_failed(const char *what, const char *file, int line) noreturn;

// Checked in every build; user input never makes it fail.
#define assert(cond) ((cond) ? (void)0 : assert_failed(#cond, __FILE__, __LINE__))

// SPDX-License-Identifier: MIT
// panic.h - the end of the kernel, for promises that it broke itself.
//
// panic() and its facts are defined in panic/panic.c (an upcall that every layer may make).
#pragma once

#include "lib/types.h"

void panic(const char *fmt, ...) noreturn printflike(1, 2); // prints, backtraces, powers off
// The same about frames of memory, by physical address: of the page table, what is there and what
// was to be there (0: none). It is told whose they are.
void panic_frames(uint64 table, uint64 there, uint64 wanted, const char *fmt, ...) noreturn
    printflike(4, 5);
void assert_failed(const char *what, const char *file, int line) noreturn;

// Always checked; never reachable from user input.
#define assert(cond) ((cond) ? (void)0 : assert_failed(#cond, __FILE__, __LINE__))

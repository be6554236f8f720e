// SPDX-License-Identifier: MIT
// bench.h - a row of the benchmark.
//
// Theory    A row is an operation that is done n times in a loop. setup() runs before the loop and
//           teardown() after it, both outside the measurement.
// Next      main.c, calls.c
#pragma once

#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "user/user.h"

#define MIB (1024 * 1024)

struct row {
    const char *key;   // stable name, for scripts
    const char *title; // its name in performance tables
    int times;         // operations in a measurement
    int warmup;        // operations before it, not measured
    int units;         // units in one operation: the figure is for one unit
    int (*setup)(void);
    int (*op)(int n); // does it n times; below 0: not possible here
    void (*teardown)(void);
};

// The two clocks of a program: instructions retired and steps of the time base.
struct clocks {
    uint64 instr;
    uint64 time;
};

// Each ends with key 0.
extern const struct row call_rows[], proc_rows[], file_rows[], map_rows[], fault_rows[];

struct clocks clocks_now(void);        // reads both
void shuffle(int *order, int n);       // 0 to n - 1 in an order that depends on n alone
int scale(int harts, const char *key); // several processes do the row's operation at once

// SPDX-License-Identifier: MIT
// bench.h - a row of the benchmark.
//
// Theory    A row is an operation that is done n times in a loop. setup() prepares what the loop
//           needs and teardown() takes it away, both outside the measurement.
// Next      main.c, calls.c
#pragma once

#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "user/user.h"

#define MIB (1024 * 1024)

struct row {
    const char *key;   // stable name, for machines
    const char *title; // what PERFORMANCE tables call it
    int times;         // how often it is done in a measurement
    int warmup;        // and before it
    int units;         // what the figure is divided by, for each time
    int (*setup)(void);
    int (*op)(int n); // does it n times; below 0: it cannot be done here
    void (*teardown)(void);
};

// The two clocks of a program: instructions retired and steps of the time base.
struct clocks {
    uint64 instr;
    uint64 time;
};

extern const struct row call_rows[], proc_rows[], file_rows[], map_rows[]; // each ended by key 0

struct clocks clocks_now(void);        // read both
void shuffle(int *order, int n);       // 0 to n - 1, the same for an n in every run
int scale(int harts, const char *key); // the same operation by several processes at once

// SPDX-License-Identifier: MIT
// ticks.h - time slices, sleeping for a time, and the tick of 100 ms that programs count in.
#pragma once

#include "lib/list.h"
#include "lib/types.h"

struct proc;

// A process that sleeps for a time.
struct sleeper {
    struct list node;
    uint64 when; // a value of the time CSR
    struct proc *proc;
    bool listed;
};

void ticks_init(uint64 timebase); // steps of the time CSR in a second
uint64 ticks_timebase(void);
uint64 ticks_boot(void);                       // the time CSR when tick 0 began
uint64 ticks_now(void);                        // ticks since boot
int ticks_sleep(uint64 ticks) must_check;      // -EINTR when killed
int ticks_sleep_until(uint64 when) must_check; // a value of the time CSR; -EINTR when killed
void ticks_scatter(uint32 seed);               // slices of random length; 0: all alike
void ticks_interrupt(void);                    // the hart's deadline has passed
void ticks_idle(void);                         // the hart has nothing to run
void ticks_resume(void);                       // it runs a process again

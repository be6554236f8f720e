// SPDX-License-Identifier: MIT
// fatal.h - the state and functions that check/fatal.c and check/panic.c share.
#pragma once

#include "hart/hart.h"
#include "sight/check.h"

#define FATAL_STACKS 128
#define FATAL_LOCKS  512

#define STARVED_STEPS 1000 // of all harts, from kalloc() to the panic or the trap

enum { LAST_ACQUIRE, LAST_RELEASE, LAST_KFREE, FIRST_WALK, LASTS };

// An exception that may end a process or the kernel.
struct fault {
    bool on, sum;
    bool again;  // of user mode: the trap before was the same
    bool inside; // ... and the process has not returned to it since
    int cause, pid;
    uint64 epc, tval, satp, when;
    uint64 stack;         // number of the page of the kernel stack; of user mode's alone
    struct moment moment; // of the kernel's alone
};

struct fatal {
    uint64 went[HARTS_MAX];          // where the last sret went in S-mode, plus 1; 0: to user mode
    struct fault fresh[HARTS_MAX];   // of user mode, before usertrap() has been called
    struct fault user[FATAL_STACKS]; // of each process that has been in usertrap()
    unsigned inside;                 // how many of these are still inside
    struct fault kernel[HARTS_MAX];  // of supervisor mode
    struct moment null;              // when kalloc last returned 0; position 0: never
    uint64 page, page_when;          // kalloc's last result, and when it was called
    int told_pid;                    // the process whose end was last explained
    bool panicked, holding;
    struct report held;                 // waits until the kernel has printed its line
    struct call last[HARTS_MAX][LASTS]; // of each hart: of functions by LAST_...
    unsigned locks;
    uint64 lock[FATAL_LOCKS]; // that initlock() was called with
};

// Adds to the report of an access of the kernel to `va` that kalloc() has returned 0 to that
// process, if the pointer may come from there. `when`: position of the access.
void fatal_null(const struct machine *m, uint64 va, int pid, uint64 when, struct report *r);
// Returns the moment when kalloc() returned 0 on the hart, if at most `steps` instructions ago;
// NULL: it did not.
const struct moment *fatal_starved(const struct machine *m, unsigned hart, uint64 steps);
// Fills in a report of a panic that no trap of the kernel led to.
void panic_explain(struct machine *m, const struct call *c, struct report *r);
// Fills in a report of a panic in acquire() or release(). `last` (LAST_...) says whose last call it
// was.
void panic_lock(const struct machine *m, const struct call *panic, unsigned last, struct report *r);
// Fills in a report of a panic in sched(), which found locks held, or none: names the hart's locks.
void panic_sched(const struct machine *m, const struct call *panic, struct report *r);

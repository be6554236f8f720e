// SPDX-License-Identifier: MIT
// trial.h - runs the machine on trial, to see the effect of a change. The run is undone afterwards.
#pragma once

#include "machine.h"
#include "sight/moment.h"

// State that is set aside while a trial runs.
struct trial_apart {
    uint64 here, reached, limit;
    struct host_calls host;
};

// Begins a trial: until trial_end() the machine reports and prints nothing.
void trial_begin(struct machine *m, struct trial_apart *a);
// Takes the run back to the position at trial_begin().
void trial_end(struct machine *m, const struct trial_apart *a);
// Returns the instruction at `pc` in the hart's present tree, expanded; 0: there is none.
uint32 trial_instruction_at(const struct machine *m, unsigned hart, uint64 pc);
// Returns the instruction at the hart's pc, expanded; 0: there is none.
uint32 trial_instruction(const struct machine *m, unsigned hart);
// Returns whether the instruction at the hart's pc is a load, an AMO or LR. Also gives its address.
bool trial_reads(const struct machine *m, unsigned hart, uint64 *va);
// Returns whether the pc is in a function of locks or of the scheduler. Loads there are not of the
// sleeper's condition.
bool trial_bookkeeping(const struct machine *m, uint64 pc);

// A process in sleep(): the caller of sleep(), its channel and the lock that it releases.
struct sleeper_at {
    uint64 proc, chan, lock, ra;
};

enum trial_end {
    TRIAL_UNKNOWN, // the process did not run, or the run cannot be taken back
    TRIAL_SLEEPS,  // it called sleep() again, on the same channel
    TRIAL_GOES_ON, // it has left its loop, or stored to memory other than its own
};

#define TRIAL_READS 64

struct trial {
    uint32 reads;
    uint64 read[TRIAL_READS]; // physical addresses of the words that it read
    uint32 value[TRIAL_READS];
    uint64 address;      // the one that was changed last
    struct moment store; // the store that changed it
};

// Wakes the process with memory as it is now, and undoes the run. Returns how the trial ended.
enum trial_end trial_with_present(struct machine *m, const struct sleeper_at *at, struct trial *t);
// Runs a trial in which the words in `t` have the values that they had at `position`. `t` keeps the
// words that have changed since. Returns how the trial ended.
enum trial_end trial_with_past(struct machine *m, uint64 position, const struct sleeper_at *at,
                               struct trial *t);
// Finds the kernel's last store to these words between two positions.
bool trial_last_store(struct machine *m, struct trial *t, uint64 after, uint64 before);

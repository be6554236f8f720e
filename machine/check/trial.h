// SPDX-License-Identifier: MIT
// trial.h - runs the machine on trial: what would happen, if. The run is taken back afterwards.
#pragma once

#include "machine.h"
#include "sight/moment.h"

// State that is set aside while a trial runs.
struct trial_apart {
    uint64 here, reached, limit;
    struct host_calls host;
};

// From here on nothing is told or printed.
void trial_begin(struct machine *m, struct trial_apart *a);
// Takes the run back to where it began.
void trial_end(struct machine *m, const struct trial_apart *a);
// The instruction at the hart's pc, expanded.
uint32 trial_instruction(const struct machine *m, unsigned hart);
// Is the instruction at the hart's pc a load, an AMO or LR? Of what address then?
bool trial_reads(const struct machine *m, unsigned hart, uint64 *va);
// Is the function that holds the pc one of those that only keep order among others?
bool trial_bookkeeping(const struct machine *m, uint64 pc);

// A process in sleep(): where it was called from, its channel and the lock that it lets go.
struct sleeper_at {
    uint64 proc, chan, lock, ra;
};

enum trial_end {
    TRIAL_UNKNOWN, // the process did not run, or the run cannot be taken back
    TRIAL_SLEEPS,  // it called sleep() again, for the same
    TRIAL_GOES_ON, // it has left its loop, or stored to what is not its own
};

#define TRIAL_READS 64

struct trial {
    uint32 reads;
    uint64 read[TRIAL_READS]; // physical addresses of the words that it read
    uint32 value[TRIAL_READS];
    uint64 address;      // the one that was changed last
    struct moment store; // by whom
};

// Wakes the process; what does it do? The run is taken back to where it was, as by the others.
enum trial_end trial_now(struct machine *m, const struct sleeper_at *at, struct trial *t);
// What would it do if the words in `t` were as they were at `position`? Those are kept that have
// changed since.
enum trial_end trial_then(struct machine *m, uint64 position, const struct sleeper_at *at,
                          struct trial *t);
// Finds the last store to those words, by the kernel's own work, between two positions.
bool trial_last_store(struct machine *m, struct trial *t, uint64 after, uint64 before);

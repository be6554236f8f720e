// SPDX-License-Identifier: MIT
// turns.h - the harts' turns, their length, and the clock.
//
// Theory    The machine runs in one host thread. Harts take turns; the length of a turn is drawn
//           from the seed. Time follows from the instructions retired: while n harts are running,
//           each instruction of one of them moves the clock by 1/n of a cycle. When all harts wait,
//           the clock jumps to the next timer. A hart that spins (time/rest.h) gives its turn away
//           and does not count as running. A trap is a step of the run, as an instruction is, so
//           each has a position of its own.
#pragma once

#include "base/types.h"

#define TIMEBASE_HZ     10000000ULL // mtime ticks a second, as QEMU's virt machine has
#define CYCLES_PER_TICK 10ULL       // a hart retires 100 million instructions a virtual second
#define CLOCK_FRACTION  16          // bits of the clock below one cycle

struct turns {
    uint64 clock;   // cycles << CLOCK_FRACTION
    uint64 random;  // state of the seed's generator
    uint64 retired; // steps of all harts since reset: the position in the run
    uint64 left;    // instructions that the present turn has left when a run was interrupted
    uint64 busy_at; // the position until which some hart did something
    uint32 hart;    // whose turn it is
    bool watched;   // a long loop is looked for in the present turn (time/rest.h)
    uint32 weight;  // the addition of one instruction of the present turn to the clock
};

// Places where a turn may end before its drawn length: with probability 1/2 each time.
enum {
    SHARP_TABLES = 1 << 0, // after a store to a page table
    SHARP_AMO = 1 << 1,    // after an AMO, so after taking a lock
};

struct machine;

// Ends the present turn after this instruction.
void turns_cut(struct machine *m, unsigned hart);
// As turns_cut(), with probability 1/2.
void turns_sharp(struct machine *m, unsigned hart);

// SPDX-License-Identifier: MIT
// turns.h - which hart runs, for how long, and what time it is.
//
// Theory    One host thread. Harts take turns; the length of a turn is drawn from the seed. Time
//           is a function of the instructions retired: when n of the harts are running, an
//           instruction of any of them moves the clock by 1/n of a cycle. When all harts wait,
//           the clock jumps to the next timer.
#pragma once

#include "base/types.h"

#define TIMEBASE_HZ     10000000ULL // mtime ticks a second, as QEMU's virt machine has
#define CYCLES_PER_TICK 10ULL       // a hart retires 100 million instructions a virtual second
#define CLOCK_FRACTION  16          // bits of the clock behind the cycle

struct turns {
    uint64 clock;   // cycles << CLOCK_FRACTION
    uint64 random;  // state of the seed's generator
    uint64 retired; // instructions of all harts since reset: the position in the run
    uint64 left;    // instructions that the present turn has left when a run was interrupted
    uint32 hart;    // whose turn it is
    uint32 weight;  // what one instruction of the present turn adds to the clock
};

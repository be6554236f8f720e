// SPDX-License-Identifier: MIT
// clocks.h - the order of accesses of several harts (vector clocks).
//
// Theory    Each hart has a clock. It also keeps a clock for each other hart: that hart's accesses
//           up to this clock come before its own next access. A hart that releases a lock, or
//           stores to a word, passes its clocks on; a hart that acquires the lock, or loads the
//           word, takes them.
#pragma once

#include "hart/hart.h"

#define SYNCS_MAX 8192 // a power of two

typedef uint32 clock_vector[HARTS_MAX];

// An address at which clocks are passed on.
struct sync {
    uint64 at; // 0: an empty slot
    clock_vector known;
};

struct clocks {
    clock_vector hart[HARTS_MAX];
    struct sync sync[SYNCS_MAX];
    uint32 syncs;
};

// Sets the clock of each hart to 1.
void clocks_start(struct clocks *c);
// The hart takes over the clocks passed on at `at`.
void clocks_take(struct clocks *c, unsigned hart, uint64 at);
// The hart passes its clocks on.
void clocks_give(struct clocks *c, unsigned hart, uint64 at);
// The hart's own clock.
uint32 clocks_now(const struct clocks *c, unsigned hart);
// Returns whether the other hart's accesses at that clock come before this hart's present ones.
bool clocks_ordered(const struct clocks *c, unsigned hart, unsigned other, uint32 clock);

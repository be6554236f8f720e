// SPDX-License-Identifier: MIT
// clocks.h - what comes before what, when several harts run.
//
// Theory    Each hart counts an own clock, and knows of each other hart's clock the value up to
//           which what that one did comes before what this one does now. Such knowledge is handed
//           on at a lock or a word: the one gives, the other takes.
#pragma once

#include "hart/hart.h"

#define SYNCS_MAX 8192 // a power of two

typedef uint32 clock_vector[HARTS_MAX];

// Where knowledge is handed on.
struct sync {
    uint64 at; // 0: an empty slot
    clock_vector known;
};

struct clocks {
    clock_vector hart[HARTS_MAX];
    struct sync sync[SYNCS_MAX];
    uint32 syncs;
};

// Begins with clocks of 1.
void clocks_start(struct clocks *c);
// The hart learns what was handed on at `at`.
void clocks_take(struct clocks *c, unsigned hart, uint64 at);
// The hart hands on what it knows and did.
void clocks_give(struct clocks *c, unsigned hart, uint64 at);
// The hart's own clock.
uint32 clocks_now(const struct clocks *c, unsigned hart);
// Does what the other hart did at that clock come before what this one does now?
bool clocks_ordered(const struct clocks *c, unsigned hart, unsigned other, uint32 clock);

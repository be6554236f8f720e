// SPDX-License-Identifier: MIT
// random.h - pseudo-random numbers from a seed.
#pragma once

#include "base/types.h"

// The next number; `state` is any value but 0.
static inline uint64
random_next(uint64 *state)
{
    uint64 x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *state = x;
    return x * 0x2545f4914f6cdd1dULL;
}

// A number below `n`, which is not 0.
static inline uint64
random_below(uint64 *state, uint64 n)
{
    return (random_next(state) >> 16) % n;
}

// The initial state for a seed: different for any two seeds, never 0.
static inline uint64
random_seed(uint64 seed)
{
    uint64 x = (seed + 1) * 0x9e3779b97f4a7c15ULL;
    x ^= x >> 32;
    return x | (uint64)1 << 63;
}

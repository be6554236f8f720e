// SPDX-License-Identifier: MIT
// arith.h - multiplication and division as the instructions define them.
#pragma once

#include "hart/wide.h"

static inline uint64
sext32(uint64 value)
{
    return (uint64)(int64)(int32)value;
}

static inline uint64
mul_high_uu(uint64 a, uint64 b)
{
    return wide_multiply(a, b).high;
}

static inline uint64
mul_high_su(uint64 a, uint64 b)
{
    return mul_high_uu(a, b) - ((int64)a < 0 ? b : 0);
}

static inline uint64
mul_high_ss(uint64 a, uint64 b)
{
    return mul_high_su(a, b) - ((int64)b < 0 ? a : 0);
}

// Division by 0 gives -1, and the one that overflows gives the dividend.
static inline uint64
div_signed(uint64 a, uint64 b)
{
    if (b == 0)
        return ~0ULL;
    if ((int64)b == -1)
        return 0 - a;
    return (uint64)((int64)a / (int64)b);
}

static inline uint64
rem_signed(uint64 a, uint64 b)
{
    if (b == 0)
        return a;
    if ((int64)b == -1)
        return 0;
    return (uint64)((int64)a % (int64)b);
}

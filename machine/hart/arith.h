// SPDX-License-Identifier: MIT
// arith.h - multiplication and division as the instructions define them.
#pragma once

#include "base/types.h"

static inline uint64
sext32(uint64 value)
{
    return (uint64)(int64)(int32)value;
}

// The upper 64 bits of the product, by parts of 32 bits: wasm32 has no 128-bit type.
static inline uint64
mul_high_uu(uint64 a, uint64 b)
{
    uint64 a0 = (uint32)a, a1 = a >> 32, b0 = (uint32)b, b1 = b >> 32;
    uint64 low = a0 * b0, mid = a1 * b0 + (low >> 32), mid2 = a0 * b1 + (uint32)mid;
    return a1 * b1 + (mid >> 32) + (mid2 >> 32);
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

// SPDX-License-Identifier: MIT
// wide.h - unsigned integers of 128 bits, without the compiler's own, which need a library on
// wasm32.
#pragma once

#include "base/types.h"

struct wide {
    uint64 high, low;
};

static inline bool
wide_zero(struct wide a)
{
    return (a.high | a.low) == 0;
}

static inline bool
wide_less(struct wide a, struct wide b)
{
    return a.high != b.high ? a.high < b.high : a.low < b.low;
}

static inline struct wide
wide_add(struct wide a, struct wide b)
{
    uint64 low = a.low + b.low;
    return (struct wide){a.high + b.high + (low < a.low), low};
}

static inline struct wide
wide_subtract(struct wide a, struct wide b)
{
    return (struct wide){a.high - b.high - (a.low < b.low), a.low - b.low};
}

// The full product of two 64-bit numbers.
static inline struct wide
wide_multiply(uint64 a, uint64 b)
{
    uint64 a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
    uint64 middle = a1 * b0 + (a0 * b0 >> 32); // cannot overflow, nor can the next
    uint64 middle2 = a0 * b1 + (middle & 0xffffffff);
    return (struct wide){a1 * b1 + (middle >> 32) + (middle2 >> 32), a * b};
}

// a * 2^n; n is below 128.
static inline struct wide
wide_left(struct wide a, int n)
{
    if (n >= 64)
        return (struct wide){a.low << (n - 64), 0};
    if (n == 0)
        return a;
    return (struct wide){a.high << n | a.low >> (64 - n), a.low << n};
}

// a / 2^n for n >= 0; if bits are lost, the lowest bit of the result is set in their place.
static inline struct wide
wide_right_sticky(struct wide a, int n)
{
    bool lost = false;
    for (n = n < 128 ? n : 128; n >= 64; n -= 64) {
        lost |= a.low != 0;
        a = (struct wide){0, a.high};
    }
    if (n > 0) {
        lost |= a.low << (64 - n) != 0;
        a = (struct wide){a.high >> n, a.high << (64 - n) | a.low >> n};
    }
    a.low |= lost;
    return a;
}

// How many zeros are before the highest 1; a is not 0.
static inline int
wide_leading_zeros(struct wide a)
{
    return a.high ? __builtin_clzll(a.high) : 64 + __builtin_clzll(a.low);
}

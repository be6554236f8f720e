// SPDX-License-Identifier: MIT
// intrinsics.c - what the compiler calls for __builtin_ctz() and __builtin_clz() on harts without
// Zbb, under the names that it has for them.
#include "lib/types.h"

int __ctzdi2(uint64 x);
int __ctzsi2(uint32 x);
int __clzdi2(uint64 x);

// The index of the lowest set bit of x, which is not 0.
int
__ctzdi2(uint64 x)
{
    int n = 0;
    for (int width = 32; width; width /= 2) {
        if (!(x & ((1UL << width) - 1))) {
            x >>= width;
            n += width;
        }
    }
    return n;
}

// The index of the lowest set bit of x, which is not 0, for 32-bit numbers.
int
__ctzsi2(uint32 x)
{
    return __ctzdi2(x);
}

// The number of clear bits above the highest set bit of x, which is not 0.
int
__clzdi2(uint64 x)
{
    int n = 0;
    for (int width = 32; width; width /= 2) {
        if (!(x >> (64 - width))) {
            x <<= width;
            n += width;
        }
    }
    return n;
}

// SPDX-License-Identifier: MIT
// intrinsics.c - what the compiler calls for __builtin_ctz() on harts without Zbb, under the name
// that it has for it.
#include "lib/types.h"

int __ctzdi2(uint64 x);

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

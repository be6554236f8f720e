// SPDX-License-Identifier: MIT
// secret.h - the secret that `leavesecret` writes and `attack` searches for.
#pragma once

#define SECRET_STEP   (32 * 4096) // both programs allocate so much memory at a time
#define SECRET_OFFSET 1000        // in each page

struct secret {
    unsigned long mark;
    char word[56];
};

// The mark is computed, so that no program's file contains it.
static inline unsigned long
secret_mark(void)
{
    volatile unsigned long inverse = ~0x61747461636b6564UL;

    return ~inverse;
}

// SPDX-License-Identifier: MIT
// secret.h - what the program `leavesecret` leaves in its memory, and `attack` looks for.
#pragma once

#define SECRET_STEP   (32 * 4096) // both ask for so much memory at once
#define SECRET_OFFSET 1000        // in each page

struct secret {
    unsigned long mark;
    char word[56];
};

// It stands in no program's file, where it would be no secret.
static inline unsigned long
secret_mark(void)
{
    volatile unsigned long inverse = ~0x61747461636b6564UL;

    return ~inverse;
}

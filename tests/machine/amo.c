// SPDX-License-Identifier: MIT
// amo.c - a kernel that takes a lock word with an AMO, four times, and gives it back by a store.

#include "small.h"

int lock;

A_FUNCTION static int
take(void)
{
    return __sync_lock_test_and_set(&lock, 1);
}

void
start(void)
{
    int held = 0;
    for (int i = 0; i < 4; i++) {
        held |= take();
        *(volatile int *)&lock = 0;
    }
    *FINISHER = held ? 0x3333 : 0x5555;
}

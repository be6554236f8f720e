// SPDX-License-Identifier: MIT
// commit.c - sums up the memory of all processes, and applies the limit.
#include "mm/frame/commit.h"

#include "mm/frame/frame.h"

#define KERNEL 16 // one frame in 16 is left to the kernel

uint64 commit_limit;

// Chooses whether processes may have more memory together than there is, or, with `strict`, not. At
// boot, while most of it is free.
void
commit_choose(int strict)
{
    commit_limit = strict ? frames_free() / KERNEL * (KERNEL - 1) : 0;
}

// Returns   how many pages all processes have, a page that k of them share counted k times.
uint64
commit_sum(void)
{
    int64 sum = 0; // a process may have got a page on one hart and given it back on another
    for (int i = 0; i < MAXHART; i++)
        sum += __atomic_load_n(&cpus[i].committed, __ATOMIC_RELAXED); // a snapshot
    return sum > 0 ? (uint64)sum : 0;
}

// Returns whether `n` pages more are below the limit.
bool
commit_fits(uint64 n)
{
    return commit_sum() + n <= commit_limit;
}

// SPDX-License-Identifier: MIT
// commit.h - how much memory all processes have together, and a limit for that.
//
// Theory    A page counts once for each process that has it, although a fork takes no frame for what
//           it shares until somebody writes. So the sum can be more than there is. By default nothing
//           is done about it (proc/oom.c says what happens then); with `commit=strict` on the kernel
//           command line whatever would raise the sum above the limit fails. The limit leaves one
//           part in sixteen to the kernel, and each process counts for some frames more.
// Locks     none: each hart counts for itself, and a sum over all of them is a guess.
#pragma once

#include "rv/cpu.h"

extern uint64 commit_limit; // pages; 0: there is none. Constant after boot

int commit_select(const char *name) must_check; // "strict", "overcommit"; -EINVAL
uint64 commit_sum(void);                        // pages
bool commit_fits(uint64 n);                     // are `n` more below the limit?
int commit_space(void) must_check;              // there is an address space more; -ENOMEM
void commit_space_gone(void);

// There are `n` pages more.
static inline void
commit_count(int64 n)
{
    mycpu()->committed += n;
}

// May there be `n` pages more? Harts that ask at the same time may all be told so.
static inline bool
commit_allows(uint64 n)
{
    return likely(!commit_limit) || commit_fits(n);
}

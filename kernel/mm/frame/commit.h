// SPDX-License-Identifier: MIT
// commit.h - overcommit: the memory of all processes together, and a limit for it.
//
// Theory    A page counts once for each process that has it, although a fork shares frames until
//           one side writes. So the sum can exceed the memory that there is. By default this is
//           allowed (proc/oom.c handles the shortage). With `commit=strict` on the kernel command
//           line, a call that would raise the sum above the limit fails. The limit leaves one part
//           in sixteen to the kernel, and each process counts for some frames more.
// Locks     none: each hart counts for itself; the sum over all harts is approximate.
#pragma once

#include "rv/cpu.h"

#define COMMIT_SPACE 16 // pages that a space counts for its tables, its stack and the like

extern uint64 commit_limit; // pages; 0: there is none. Constant after boot

void commit_choose(int strict); // 0: overcommit
uint64 commit_sum(void);        // pages
bool commit_fits(uint64 n);     // tells whether `n` more are below the limit

// Counts that processes have `n` pages more; negative: fewer.
static inline void
commit_count(int64 n)
{
    mycpu()->committed += n;
}

// Returns whether processes may get `n` pages more. Harts that ask at the same time may all get a
// yes.
static inline bool
commit_allows(uint64 n)
{
    return likely(!commit_limit) || commit_fits(n);
}

// SPDX-License-Identifier: MIT
// swtch.h - leave one kernel stack, continue on another.
#pragma once

#include "lib/types.h"

// The registers that a call preserves (psABI), the user's gp, which the kernel does not use, and the
// bits of sstatus that belong to the process: SUM, FS, SPP and SPIE.
struct context {
    uint64 ra, sp, gp;
    uint64 s[12];
    uint64 sstatus;
};

// Saves the caller's registers in `old` and continues with those of `new`. Loads `satp` unless it
// is 0, and then drops all that the TLB holds if `drop`. The two stacks need not be mapped in the
// same table; the two contexts are mapped in both.
void swtch(struct context *old, struct context *new, uint64 satp, bool drop);

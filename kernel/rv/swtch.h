// SPDX-License-Identifier: MIT
// swtch.h - leave one kernel stack, continue on another.
#pragma once

#include "lib/types.h"

// What a C function may expect to find again after a call (psABI), and the status bits that belong
// to the process: SUM, FS, and where an sret leads.
struct context {
    uint64 ra, sp;
    uint64 s[12];
    uint64 sstatus;
};

// Saves in `old`, loads `satp` unless it is 0 - and then drops what the TLB holds, if `drop` -,
// continues with `new`. The two stacks need not be
// mapped in the same table; the contexts are in both.
void swtch(struct context *old, struct context *new, uint64 satp, bool drop);

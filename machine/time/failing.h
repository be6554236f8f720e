// SPDX-License-Identifier: MIT
// failing.h - makes one call of a function return 0, as an allocator does that has no memory.
//
// Theory    The N-th call since `on` was set fails: at the function's first instruction the hart
//           continues at the return address instead, with a0 = 0, without making a step. When the
//           run is repeated, the call at the same position fails.
#pragma once

#include "base/types.h"
#include "sight/moment.h"

struct machine;

struct failing {
    uint64 va;            // of the function's first instruction
    uint64 nth;           // the call that fails, from 1 on; 0: none, calls are only counted
    bool on;              // calls count
    uint64 calls;         // that have been made
    uint64 last;          // position of the last one
    bool failed;          // the call has failed
    struct moment moment; // when it did
};

// Sets the hook for calls of the function at `va`, physical `pa`. Returns false if there are too
// many hooks.
bool failing_start(struct machine *m, struct failing *f, uint64 va, uint64 pa);
// Called when the hart is at a hook.
void failing_hook(struct machine *m, unsigned hart);

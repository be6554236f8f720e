// SPDX-License-Identifier: MIT
// park.h - what other harts do when one has panicked.
#pragma once

#include "lib/types.h"

extern uint32 panic_owner; // hart that panics, plus 1; 0: none. Atomic
void panic_wait(void);     // never returns if another hart has panicked; else does nothing

// Returns   whether a hart has panicked. A hint: it orders nothing.
static inline bool
panicking(void)
{
    return __atomic_load_n(&panic_owner, __ATOMIC_RELAXED) != 0;
}

// Stops this hart for good if another one panics. Called where harts come by often: in the handler
// of inter-processor interrupts, in loops that wait for a lock, by printf(). It stores nothing, so
// that such a loop only reads.
static inline void
panic_park(void)
{
    if (unlikely(panicking()))
        panic_wait();
}

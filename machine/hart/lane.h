// SPDX-License-Identifier: MIT
// lane.h - what a hart derives from its state and from memory to run fast. Never in a snapshot.
#pragma once

#include "base/types.h"
#include "mmu/shortcut.h"

struct lane {
    struct shortcuts *now; // those of the present satp and mode
    struct context_set *contexts;
    uint64 budget;  // instructions left in this turn
    uint64 granted; // budget at the turn's beginning
    bool attention; // interrupts may be pending, or the turn shall end: look after this instruction
};

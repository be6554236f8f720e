// SPDX-License-Identifier: MIT
// lane.h - data derived from a hart's state and from memory, for speed. Never in a snapshot.
#pragma once

#include "base/types.h"
#include "hart/code.h"
#include "hart/hart.h"
#include "mmu/contexts.h"

struct lane {
    struct shortcuts *now; // those of the present satp and mode
    struct context_set *contexts;
    struct trap trap;        // raised by the last access or instruction
    struct insn straddle[3]; // an instruction that crosses pages, and the ends of its page
    uint64 budget;           // instructions left in this turn
    uint64 granted;          // budget at the turn's beginning
    bool sharp_amo;          // the turn may end after an AMO (time/turns.h)
    bool attention; // interrupts may be pending, or the turn shall end: look after this instruction
};

// SPDX-License-Identifier: MIT
// stack.h - the calls that have not returned on a hart.
#pragma once

#include "sight/symbols.h"

struct machine;

#define CALLS_MAX 16

// Lists the calls of the hart's kernel, the innermost first, `max` at most: `at`, then return
// addresses. `at` is the hart's pc, or the pc of a trap after which s0 and ra have not changed.
// Returns   how many there are; 0: the hart runs a user program, or its pc is in no known function.
unsigned stack_calls(const struct machine *m, unsigned hart, struct symbols *s, uint64 at,
                     uint64 *pc, unsigned max);
// Returns whether the function at `pc` is the first of a thread. swtch() jumps to it with ra at its
// own beginning and s0 = 0: `ra` is no return address then.
bool stack_begins(const struct symbols *s, uint64 pc, uint64 ra, uint64 s0);

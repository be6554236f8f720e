// SPDX-License-Identifier: MIT
// races.h - the order of the harts' accesses, which check/races.c follows.
#pragma once

#include "base/types.h"

struct machine;

// Returns whether this run looks for races.
bool races_on(const struct machine *m);
// For check/counters.c: the hart executes an atomic instruction that stores `value` to a variable
// of the kernel.
void counters_atomic(struct machine *m, unsigned hart, uint64 value);
// The hart's clock.
uint32 races_clock(const struct machine *m, unsigned hart);
// Returns whether the work of `other` at that clock happened before the hart's present access.
bool races_ordered(const struct machine *m, unsigned hart, unsigned other, uint32 clock);

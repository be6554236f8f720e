// SPDX-License-Identifier: MIT
// races.h - the order of the harts' accesses, which check/races.c follows.
#pragma once

#include "base/types.h"

struct machine;

// Does this run look for races?
bool races_on(const struct machine *m);
// For check/counters.c: the hart executes an atomic instruction that stores
// `value` to a variable of the kernel.
void counters_atomic(struct machine *m, unsigned hart, uint64 value);
// The hart's clock.
uint32 races_clock(const struct machine *m, unsigned hart);
// Did the work of `other` at that clock happen before the hart's present access?
bool races_ordered(const struct machine *m, unsigned hart, unsigned other, uint32 clock);

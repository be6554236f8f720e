// SPDX-License-Identifier: MIT
// races.h - the order of what harts do, as check/races.c follows it.
#pragma once

#include "base/types.h"

struct machine;

// Are races looked for?
bool races_on(const struct machine *m);
// The hart's clock.
uint32 races_clock(const struct machine *m, unsigned hart);
// Does what `other` did at that clock come before what the hart does now?
bool races_ordered(const struct machine *m, unsigned hart, unsigned other, uint32 clock);

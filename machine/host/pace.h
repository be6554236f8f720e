// SPDX-License-Identifier: MIT
// pace.h - keeps the machine's clock from running ahead of the host's.
#pragma once

#include "machine.h"

struct pace {
    bool on;
    uint64 host, machine; // nanoseconds that are the same moment
    uint64 steps;         // that the machine makes before the next look
};

void pace_start(struct pace *p, bool on, const struct machine *m);
// How many steps the machine may make now.
uint64 pace_steps(const struct pace *p);
// After those steps: how long the host shall wait, in nanoseconds.
uint64 pace_ahead(struct pace *p, const struct machine *m);

// SPDX-License-Identifier: MIT
// pace.h - keeps the machine's clock from running ahead of the host's.
#pragma once

#include "machine.h"

struct pace {
    bool on;
    uint64 host, machine; // nanoseconds that are the same moment
};

void pace_start(struct pace *p, bool on, const struct machine *m);
// The clock that the machine shall not jump beyond now; ~0: no limit. `idle`: all harts wait.
uint64 pace_limit(struct pace *p, const struct machine *m, bool idle);
// How long the host shall wait until the machine's clock may show `clock`, in nanoseconds.
uint64 pace_until(const struct pace *p, uint64 clock);

// SPDX-License-Identifier: MIT
// ledger.h - who has the memory, in words; and whether it returned to rest.
#pragma once

#include "mm/frame.h"

struct ledger_totals {
    uint64 count[FRAME_KINDS];
};

void ledger_print(void); // frames by kind, and the owners that have most of each kind

struct ledger_totals ledger_totals(void);
// Prints each kind of which `now` has not as many frames as `before`; false if there is one.
bool ledger_same(const struct ledger_totals *before, const struct ledger_totals *now);

// SPDX-License-Identifier: MIT
// lost.h - what the search for lost pages has found.
#pragma once

#include "base/types.h"

struct machine;

// Returns whether that page of RAM is in use and may hold pointers of the kernel. Only
// unmapped_at_rest() may call it.
bool lost_searched(struct machine *m, uint64 page);

// SPDX-License-Identifier: MIT
// buffers.h - explains a panic for want of a free block buffer.
#pragma once

#include "sight/check.h"

// Fills in the report of a panic in bread(), if no buffer is free. Returns whether it has.
bool buffers_explain(const struct machine *m, const struct call *panic, struct report *r);

// Returns whether refcnt of a known buffer is there.
bool buffers_counts_at(const struct machine *m, uint64 pa);

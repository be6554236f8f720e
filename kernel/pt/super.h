// SPDX-License-Identifier: MIT
// super.h - larger leaves at the edges of a range. For pt/ alone.
#pragma once

#include "pt/batch.h"
#include "pt/pt.h"

// Splits the larger leaves that [start, end) would cut. -ENOMEM: nothing changed.
int split_edges(struct pt *t, uint64 start, uint64 end, struct tlb_batch *b) must_check;

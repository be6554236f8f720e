// SPDX-License-Identifier: MIT
// ptdiff.h - in what do two page tables differ?
#pragma once

#include "pt/pt.h"

enum pt_diff_kind {
    DIFF_ONLY_A, // a maps it, b does not
    DIFF_ONLY_B,
    DIFF_PA,    // both map it, elsewhere
    DIFF_FLAGS, // both map it there, with other flags
    DIFF_SHAPE  // one has a leaf where the other has a table; translations follow on their own
};

struct pt_diff {
    enum pt_diff_kind kind;
    uint64 va;
    int level;
    pte_t a, b; // a part of a larger leaf is shown as the leaf it would be at this level
};

typedef void (*pt_diff_fn)(void *arg, const struct pt_diff *d);

// Calls `fn` for each difference in [start, end) but in the flags `ignore`; returns their number.
int pt_diff(const struct pt *a, const struct pt *b, uint64 start, uint64 end, uint64 ignore,
            pt_diff_fn fn, void *arg);

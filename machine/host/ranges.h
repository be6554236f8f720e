// SPDX-License-Identifier: MIT
// ranges.h - the mappings of a tree of page tables, in ranges.
#pragma once

#include "machine.h"
#include "pt/sv.h"

// Leaves one behind another with the same flags (A and D aside) and pages one behind another.
struct range {
    uint64 va, bytes, pa;
    pte_t flags;
    int level;
};

struct ranges {
    struct range *of;
    size_t count, room;
};

// The ranges that the tree maps. Free `of`. Where memory is lacking, they end early.
struct ranges ranges_of(const struct machine *m, uint64 satp);

// The flags as letters: "vrwxugad", "-" for a 0.
struct flag_text {
    char text[9];
};
struct flag_text flag_text(pte_t pte);

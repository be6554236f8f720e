// SPDX-License-Identifier: MIT
// leaves.h - the mappings of a tree of page tables, in ranges.
#pragma once

#include "machine.h"
#include "pt/sv.h"

// A valid entry of a tree. A table has `leaf` false; those of its entries follow.
struct tree_entry {
    uint64 va, slot; // the first address that it stands for; where the entry is
    pte_t pte;
    int level;
};

typedef void (*tree_visit)(void *arg, const struct tree_entry *e);

// Visits each valid entry of the tree that `satp` leads to, by address. A table that leads back to
// itself is visited no deeper than the tree has levels. Entries outside RAM are skipped.
void tree_each(const struct machine *m, uint64 satp, tree_visit visit, void *arg);

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

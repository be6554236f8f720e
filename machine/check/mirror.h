// SPDX-License-Identifier: MIT
// mirror.h - a process that the kernel has mapped a second time, in its own tree.
#pragma once

#include "base/types.h"

struct machine;

// Facts about the kernel's trees. Zero at the start.
struct mirrors {
    bool seen;    // a page agrees: pages that differ are reported
    uint64 quiet; // a satp in whose tree no user memory can be a second time; 0: not known
    uint32 epoch; // ... of that tree (mmu/trees.h)
};

// Compares the user memory that is mapped in the kernel's tree with the process's own tree, and
// reports a page that differs. `satp` and `kernel` are the values of satp for the two.
void mirror_look(struct machine *m, unsigned hart, uint64 satp, uint64 kernel, struct mirrors *k);
// A hart has stored to the entry at `pa` of a known tree.
void mirror_stored(const struct machine *m, uint64 pa, struct mirrors *k);

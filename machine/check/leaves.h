// SPDX-License-Identifier: MIT
// leaves.h - visits all tables and leaves of a tree of page tables, as memory has it.
#pragma once

#include "base/types.h"

struct machine;

struct leaf {
    uint64 va, pte, slot; // slot: the physical address of the entry
    int level;
};

// Whom to tell. A table comes before what is below it.
struct visitor {
    // `slot`: the physical address of the entry that leads to it; 0: none, it is the root.
    // NULL: not asked.
    void (*table)(void *arg, uint64 pa, int level, uint64 slot);
    void (*leaf)(void *arg, const struct leaf *leaf);
    void *arg;
    // An entry that is valid and breaks a rule, before it is told as what it is. NULL: not asked.
    void (*refused)(void *arg, const struct leaf *entry);
};

// The levels of trees that satp's mode has; 0: translation is off.
int leaves_levels(uint64 satp);
// The physical address of the root that satp has.
uint64 leaves_root(uint64 satp);
// Visits the tree below `root`. Returns how many tables it has. A tree that leads in a circle, or
// out of RAM, is visited as far as it is one.
unsigned leaves_visit(const struct machine *m, uint64 root, int levels, const struct visitor *to);
// The slot and entry that map `va`, or where the walk ends. Returns false if that is no leaf.
bool leaves_find(const struct machine *m, uint64 root, int levels, uint64 va, struct leaf *out);
// Visits what a tree of three levels maps below `top`, a multiple of 1 GiB.
void leaves_below(const struct machine *m, uint64 root, uint64 top, const struct visitor *to);

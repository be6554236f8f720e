// SPDX-License-Identifier: MIT
// leaves.h - visits all tables and leaves of a tree of page tables, as memory has it.
#pragma once

#include "base/types.h"
#include "mmu/satp.h"

struct machine;
struct report;

struct leaf {
    uint64 va, pte, slot; // slot: the physical address of the entry
    int level;
};

// The functions that are called. A table comes before the entries below it.
struct visitor {
    // `slot`: the physical address of the entry that leads to the table; 0 for the root. `table`
    // may be NULL.
    void (*table)(void *arg, uint64 pa, int level, uint64 slot);
    void (*leaf)(void *arg, const struct leaf *leaf); // may be NULL
    void *arg;
    // A valid entry that breaks a rule; table() or leaf() is called for it afterwards. May be NULL.
    void (*refused)(void *arg, const struct leaf *entry);
    // Each valid entry, before the table that it may lead to. May be NULL.
    void (*entry)(void *arg, const struct leaf *entry);
};

// Visits the tree below `root`; `levels` 0: none. Returns how many tables it has. A tree with a
// cycle, or with pointers out of RAM, is visited as far as it is a tree.
unsigned leaves_visit(const struct machine *m, uint64 root, int levels, const struct visitor *to);
// The slot and entry that map `va`, or where the walk ends. Returns false if that is no leaf.
bool leaves_find(const struct machine *m, uint64 root, int levels, uint64 va, struct leaf *out);
// Visits the leaves of a tree of three levels below `top`, a multiple of 1 GiB.
void leaves_below(const struct machine *m, uint64 root, uint64 top, const struct visitor *to);
// Adds to a report which code mapped the page.
void leaf_mapped_by(struct report *r, const struct leaf *leaf);

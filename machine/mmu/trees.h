// SPDX-License-Identifier: MIT
// trees.h - which pages of memory are page tables, found by following each satp.
//
// Theory    A root becomes known when it is written to satp. Its tree is followed, and each page
//           of it is marked RAM_TABLE and with the root's bit. A store to a marked page then comes
//           here: it is logged for the rules, leads to the marking of tables that are hooked in,
//           and drops the shortcuts that may depend on it: for a table of level 0 those of one
//           page number, for any other all of its trees.
//           A store to a table of trees that no hart remembers makes them unknown again: a freed
//           table page becomes an ordinary page in this way. The next write of satp finds the
//           tree anew.
#pragma once

#include "base/types.h"

struct machine;

#define TREES_MAX 64

struct tree {
    uint64 root;    // physical address; 0: unused
    uint64 used;    // position when it was last activated
    uint64 globals; // hash of the root entries that lead to global leaves; 0: none
    uint32 epoch;   // counts changes above level 0: shortcuts of another epoch are void
    uint32 born;    // epoch of stores in which it became known (mmu/fetched.h); TLB_EXACT alone
    uint8 levels;
};

struct trees {
    struct tree tree[TREES_MAX];
    uint64 *of_page; // of each page of RAM: bit n is set if it is a table of tree n
    uint8 *level;    // of each of these tables: the highest level at which a tree has it
};

// The number of the tree that `satp` leads to; it becomes known. -1: translation is off, or the
// root is not in RAM.
int trees_learn(struct machine *m, uint64 satp);
// The number of the tree that `satp` leads to if it is known, or -1.
int trees_find(const struct machine *m, uint64 satp);
// A store changed the eight bytes at `pa`, which is in a page marked RAM_TABLE. `whole`: it was one
// aligned store of eight bytes.
void trees_store(struct machine *m, unsigned hart, uint64 pa, uint64 was, uint64 is, bool whole);
// The page at `pa` was replaced by a device or the debugger: all trees with it are forgotten.
void trees_replaced(struct machine *m, uint64 pa);
// Forgets all trees: memory was replaced.
void trees_forget(struct machine *m);

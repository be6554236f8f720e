// SPDX-License-Identifier: MIT
// contexts.h - which shortcuts a hart uses: a set for each satp, mode and state of SUM and MXR.
//
// Theory    A set stays valid while the hart does something else, because each change that would
//           void it counts an epoch: the tree's, that of stores, or that of everything. A set that
//           is chosen again is emptied if an epoch has moved. A set in use is emptied at once.
//           Where the hart may hold translations of other trees that matter, the set is for them
//           as well: a shortcut in it says that all of these trees agree. A fence drops trees, so
//           it leads to another set and voids none.
#pragma once

#include "mmu/shortcut.h"

struct machine;

#define CONTEXTS 16

// The state that a set serves.
struct context_key {
    uint64 satp;   // 0: no translation
    uint64 others; // a hash of the other trees that matter (remember_others()); 0: none
    uint32 state;  // mode, SUM, MXR
};

struct context {
    struct context_key key;
    uint32 tree, tree_epoch; // the tree and its epoch
    uint32 store_epoch, all_epoch;
    uint64 used;
    struct shortcuts cuts;
};

struct context_set {
    uint64 clock;
    struct context *current;
    struct context scratch; // for states in which nothing may be kept
    int tree;               // of the present satp, if it translates; -1: not known
    uint64 others;          // of the present satp
    bool keeps;             // ... which is known: shortcuts may be kept
    struct context of[CONTEXTS];
};

// Chooses the set for the hart's present state. Call it after each change of mode and mstatus.
void contexts_select(struct machine *m, unsigned hart);
// Chooses after a change of what the hart's TLB may hold: a write of satp, a fence.
void contexts_anew(struct machine *m, unsigned hart);
// Chooses anew for all harts: a tree changed.
void contexts_refresh(struct machine *m);
// Drops the shortcuts of the page numbers that are `number` modulo the entries of a table: an entry
// of a table of level 0 changed, in the trees of `mask`.
void contexts_drop_page(struct machine *m, unsigned number, uint64 mask);
// Drops all shortcuts for stores: a page got a mark.
void contexts_drop_stores(struct machine *m);
// Drops all shortcuts.
void contexts_drop_all(struct machine *m);
// The mode in which the hart's loads and stores are made (MPRV).
unsigned contexts_data_mode(const struct machine *m, unsigned hart);
// Returns the host address that the present shortcut for `va` leads to, or NULL if there is none.
void *contexts_find(const struct machine *m, unsigned hart, int kind, uint64 va);
// Enters a shortcut for the page of `va`, whose contents are at `host`.
void contexts_add(struct machine *m, unsigned hart, int kind, uint64 va, void *host);

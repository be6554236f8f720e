// SPDX-License-Identifier: MIT
// contexts.h - which shortcuts a hart uses: a set for each satp, mode and state of SUM and MXR.
//
// Theory    A set stays valid while the hart does something else, because each change that would
//           void it counts an epoch: the tree's, that of stores, or that of everything. A set that
//           is chosen again is emptied if an epoch has moved. A set in use is emptied at once.
//           Where the rules allow translations of another tree, an empty set is used each time.
#pragma once

#include "mmu/shortcut.h"

struct machine;

#define CONTEXTS 16

struct context {
    uint64 satp;
    uint32 state;            // mode, SUM, MXR
    uint32 tree, tree_epoch; // the tree and its epoch
    uint32 store_epoch, all_epoch;
    uint64 used;
    struct shortcuts cuts;
};

struct context_set {
    uint64 clock;
    struct context *current;
    struct context scratch; // for states in which nothing may be kept
    struct context of[CONTEXTS];
};

// Chooses the set for the hart's present state. Call it after each change of satp, mode, mstatus,
// PMP, and after each fence.
void contexts_select(struct machine *m, unsigned hart);
// Chooses anew for all harts: a tree changed.
void contexts_refresh(struct machine *m);
// Drops all shortcuts for stores: a page got a mark.
void contexts_drop_stores(struct machine *m);
// Drops all shortcuts.
void contexts_drop_all(struct machine *m);
// The mode in which the hart's loads and stores are made (MPRV).
unsigned contexts_data_mode(const struct machine *m, unsigned hart);
// Enters a shortcut for the page of `va`, whose contents are at `host`.
void contexts_add(struct machine *m, unsigned hart, int kind, uint64 va, void *host);

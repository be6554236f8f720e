// SPDX-License-Identifier: MIT
// hooks.h - the instructions at which a hart tells that it comes there.
//
// Theory    A set of physical addresses, each with the parts of the machine that want to know. It
//           is asked when an instruction is decoded and when a hook is met, never in between.
#pragma once

#include "base/types.h"

#define HOOKS_MAX   2048
#define HOOKS_SLOTS (2 * HOOKS_MAX) // a power of two
#define HOOKS_KEPT  8               // of them for decisions about the run

// Whom a hook is of.
enum {
    HOOK_REST = 1 << 0,  // time/idle.c
    HOOK_KNOWN = 1 << 1, // sight/known.c
    HOOK_DEBUG = 1 << 2, // a breakpoint
};

struct hooks {
    uint32 count;
    uint64 pa[HOOKS_SLOTS]; // where owners is not 0
    uint8 owners[HOOKS_SLOTS];
};

// The owners of the hook at `pa`, as bits; 0: there is none.
uint8 hooks_at(const struct hooks *h, uint64 pa);
// Adds an owner. Returns false if there are too many hooks.
bool hooks_add(struct hooks *h, uint64 pa, uint8 owner);
// Removes an owner, if it has a hook there.
void hooks_remove(struct hooks *h, uint64 pa, uint8 owner);

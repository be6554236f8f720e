// SPDX-License-Identifier: MIT
// blame.h - which of the calls of a moment a reader should look at.
#pragma once

#include "sight/moment.h"

// The innermost call that is of no common helper, such as kfree, memmove or uvmunmap: its pc. When
// all are, the innermost; 0: there is no call.
uint64 blame(const struct machine *m, const struct moment *at);
// The innermost call that is not of the allocator itself.
uint64 blame_caller(const struct machine *m, const struct moment *at);
// The innermost call that got something for itself: of no function that makes a table, maps pages
// or grows memory for its caller.
uint64 blame_owner(const struct machine *m, const struct moment *at);
// Returns whether the innermost call is of a function of the mask (KNOWN_BIT).
bool blame_first(const struct machine *m, const struct moment *at, uint64 mask);
// Returns whether one of the calls is of a function of the mask (KNOWN_BIT).
bool blame_inside(const struct machine *m, const struct moment *at, uint64 mask);
// Returns whether the moment is inside the allocator: kalloc, kfree and their like.
bool blame_allocator(const struct machine *m, const struct moment *at);

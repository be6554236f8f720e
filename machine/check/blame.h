// SPDX-License-Identifier: MIT
// blame.h - chooses the call, among those of a moment, that a report names.
#pragma once

#include "sight/known.h"
#include "sight/moment.h"

// Returns the pc of the innermost call that is in no common helper, such as kfree, memmove or
// uvmunmap. If all calls are in helpers, it is the innermost; 0: there is no call.
uint64 blame(const struct machine *m, const struct moment *at);
// As blame(), but only the functions of the allocator count as helpers.
uint64 blame_caller(const struct machine *m, const struct moment *at);
// As blame(), but functions that make a table, map pages or grow memory for their caller count as
// helpers, too.
uint64 blame_owner(const struct machine *m, const struct moment *at);
// Returns the pc of the innermost call in another source file than the function; if all are in its
// file, or lines are not known, the innermost.
uint64 blame_outside(const struct machine *m, const struct moment *at, enum known what);
// Returns whether the innermost call is of a function of the mask (KNOWN_BIT).
bool blame_first(const struct machine *m, const struct moment *at, uint64 mask);
// Returns whether one of the calls is of a function of the mask (KNOWN_BIT).
bool blame_inside(const struct machine *m, const struct moment *at, uint64 mask);
// Returns whether one of the calls is of the allocator: of kalloc, kfree and their like, or of
// another function in the source file of kalloc().
bool blame_allocator(const struct machine *m, const struct moment *at);
// Returns whether one of the calls is of another function in the source file of kalloc(), and none
// is of kalloc, kfree or their like.
bool blame_other_allocator(const struct machine *m, const struct moment *at);

// SPDX-License-Identifier: MIT
// fail.h - allocations that fail: --fail FUNCTION:N, and --fail FUNCTION:all.
#pragma once

#include "host/options.h"
#include "machine.h"

// Prepares the failures that --fail asks for, if it is there; the kernel is loaded and watched.
// Does not return when that cannot be: says why.
void fail_start(struct machine *m, const struct options *o);
// Returns whether --fail FUNCTION:all was asked for.
bool fail_all(const struct options *o);
// Boots to the first prompt; then lets each call of the function fail once, in a run of its own of
// the lines, and tells the outcome. Returns the program's exit status.
int fail_each(struct machine *m, const struct options *o);
// Says which call has failed, if one should have.
void fail_end(const struct machine *m);

// SPDX-License-Identifier: MIT
// inodes.h - explains a panic for want of a free inode.
#pragma once

#include "sight/check.h"

// Fills in the report of a panic in iget(), if no inode is free. Returns whether it has.
bool inodes_explain(const struct machine *m, const struct call *panic, struct report *r);

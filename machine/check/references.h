// SPDX-License-Identifier: MIT
// references.h - reference counts of files and inodes.
#pragma once

#include "base/types.h"

struct machine;

#define REFERENCES_UNKNOWN (~0u)

// Returns how often the process at `proc` has called filedup() or idup() of the object since a
// position. REFERENCES_UNKNOWN: that is too long ago.
unsigned references_taken(struct machine *m, uint64 proc, uint64 object, uint64 since);

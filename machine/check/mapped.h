// SPDX-License-Identifier: MIT
// mapped.h - files that processes have mapped with mmap.
#pragma once

#include "base/types.h"

struct machine;

// Returns whether `va` is in a mapping of the process with that root.
bool mapped_has(struct machine *m, uint64 root, uint64 va);

// SPDX-License-Identifier: MIT
// unset.h - memory without a store since its allocation.
#pragma once

#include "base/types.h"

struct machine;

// The process that the hart runs goes on with the page at `pa` as its memory at `va`: tells if most
// of the page is as the allocator left it.
void unset_given(struct machine *m, unsigned hart, uint64 pa, uint64 va);

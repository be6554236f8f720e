// SPDX-License-Identifier: MIT
// unset.h - memory without a store since its allocation.
#pragma once

#include "base/types.h"

struct machine;

// Called when the hart's process resumes with the page at `pa` mapped at `va`. Reports the page if
// most of it is as the allocator left it.
void unset_given(struct machine *m, unsigned hart, uint64 pa, uint64 va);

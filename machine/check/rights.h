// SPDX-License-Identifier: MIT
// rights.h - pages that uvmcopy() does not give to the child.
#pragma once

#include "base/types.h"

struct machine;

// Called when the kernel kills the process at `proc` for the use of `va`, where its tree has no
// page. Reports uvmcopy() if it has left that page of the parent out.
void rights_killed(struct machine *m, unsigned hart, uint64 proc, uint64 va);

// SPDX-License-Identifier: MIT
// touched.h - finds the pages that a process has used.
#pragma once

#include "lib/types.h"

struct aspace;

// Sets bit i of mask[] if page i from `start` on was touched since this was asked last, clears the
// others. The range is the user's. Takes as->lock.
int pages_touched(struct aspace *as, uint64 start, uint64 npages, uint32 *mask) must_check;

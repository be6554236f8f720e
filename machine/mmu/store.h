// SPDX-License-Identifier: MIT
// store.h - calls that must precede a change of memory other than by a hart's store.
#pragma once

#include "base/types.h"

struct machine;

// Call it before [pa, pa + n) of RAM changes; the range may span pages and lies in RAM.
void store_barrier(struct machine *m, uint64 pa, uint64 n);
// Call it before [offset, offset + n) of a disk changes.
void disk_barrier(struct machine *m, unsigned disk, uint64 offset, uint64 n);

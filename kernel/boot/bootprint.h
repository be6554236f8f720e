// SPDX-License-Identifier: MIT
// bootprint.h - the page table of process 1, shown once at boot.
#pragma once

#include "lib/types.h"

struct aspace;

void bootprint_quiet(void);          // suppresses the print
void bootprint(struct aspace *init); // after process 1's first exec

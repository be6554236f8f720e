// SPDX-License-Identifier: MIT
// memory.h - kernel memory and user memory for tests that do not test these (shim/memory.c).
#pragma once

#include "lib/types.h"

extern long host_fail_at;   // the allocation that fails, once: 0 is the next one; -1 none
extern size_t host_largest; // larger allocations fail
extern long host_allocated; // objects and frames in use

struct aspace { // user memory at addresses 0 .. size
    uint8 *memory;
    size_t size;
};

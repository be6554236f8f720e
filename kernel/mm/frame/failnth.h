// SPDX-License-Identifier: MIT
// failnth.h - the one place where debug builds can make an allocation fail. In others, nothing.
//
// Whoever drives the failures (a count per process tree, a host test) sets the hook and decides.
#pragma once

#include "lib/types.h"

extern bool (*failnth_hook)(void); // NULL: nothing fails

#ifdef DEBUG
// Asked by each allocator before it looks for memory: true makes that allocation fail.
static inline bool
failnth(void)
{
    return unlikely(failnth_hook != NULL) && failnth_hook();
}
#else
static inline bool
failnth(void)
{
    return false;
}
#endif

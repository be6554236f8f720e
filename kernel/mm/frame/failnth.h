// SPDX-License-Identifier: MIT
// failnth.h - the one place where debug builds can make an allocation fail. In others, nothing.
//
// A driver of failures (checked/failtree.c, a host test) sets the hook, which decides.
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
// Tells the allocators that no allocation has to fail in this build.
static inline bool
failnth(void)
{
    return false;
}
#endif

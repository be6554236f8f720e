// SPDX-License-Identifier: MIT
// failnth.h - the one place where debug builds can make an allocation fail. In others, nothing.
//
// A driver of failures (checked/failtree.c, a host test) sets the hook, which decides.
#pragma once

#include "lib/types.h"

extern bool (*failnth_hook)(void); // NULL: nothing fails

// Asked by each allocator before it looks for memory: true makes that allocation fail, in a debug
// build.
static inline bool
failnth(void)
{
    return DEBUG_BUILD && unlikely(failnth_hook != NULL) && failnth_hook();
}

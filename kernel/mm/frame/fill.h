// SPDX-License-Identifier: MIT
// fill.h - debug builds fill memory with 5 when it is allocated and with 1 when it is freed.
//
// Theory    Code that reads new memory before writing it, or reads memory after freeing it, then
//           finds a pattern instead of plausible values. Other builds fill nothing.
#pragma once

#include "lib/panic.h"
#include "lib/string.h"
#include "lib/types.h"

// Fills new memory with 5.
static inline void
fill_allocated(void *p, size_t n)
{
    if (DEBUG_BUILD)
        memset(p, 5, n);
}

// Fills freed memory with 1.
static inline void
fill_freed(void *p, size_t n)
{
    if (DEBUG_BUILD)
        memset(p, 1, n);
}

// Panics if a free object was written to, except in its first word, which is its link.
static inline void
fill_expect_freed(const void *p, size_t n)
{
    for (const uint64 *w = p; DEBUG_BUILD && n > 8; n -= 8)
        if (*++w != 0x0101010101010101)
            panic("kmem: free object written to or freed twice: %p holds 0x%lx", (void *)w, *w);
}

// Panics if one of these bytes, which the caller gives back as zeroes, is not zero.
static inline void
fill_expect_zero(const void *p, size_t n)
{
    for (const uint64 *w = p; DEBUG_BUILD && n > 0; w++, n -= 8)
        if (*w != 0)
            panic("kfree_zeroed: %p holds 0x%lx", (const void *)w, *w);
}

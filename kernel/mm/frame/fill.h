// SPDX-License-Identifier: MIT
// fill.h - what debug builds do to memory that changes hands: 5 for the new user, who must not rely
// on what is in it, 1 after the old one, who must not look again. In others, nothing.
#pragma once

#include "lib/panic.h"
#include "lib/string.h"
#include "lib/types.h"

#ifdef DEBUG
static inline void
fill_allocated(void *p, size_t n)
{
    memset(p, 5, n);
}

static inline void
fill_freed(void *p, size_t n)
{
    memset(p, 1, n);
}

// Nobody wrote to a free object, but for its first word, which links it.
static inline void
fill_expect_freed(const void *p, size_t n)
{
    for (const uint64 *w = p; n > 8; n -= 8)
        if (*++w != 0x0101010101010101)
            panic("kmem: free object written to or freed twice: %p holds 0x%lx", (void *)w, *w);
}

// The old user promised that these bytes are zero.
static inline void
fill_expect_zero(const void *p, size_t n)
{
    for (const uint64 *w = p; n > 0; w++, n -= 8)
        if (*w != 0)
            panic("kfree_zeroed: %p holds 0x%lx", (const void *)w, *w);
}
#else
static inline void
fill_allocated(void *p, size_t n)
{
    (void)p, (void)n;
}

static inline void
fill_freed(void *p, size_t n)
{
    (void)p, (void)n;
}

static inline void
fill_expect_freed(const void *p, size_t n)
{
    (void)p, (void)n;
}

static inline void
fill_expect_zero(const void *p, size_t n)
{
    (void)p, (void)n;
}
#endif

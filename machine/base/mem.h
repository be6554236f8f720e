// SPDX-License-Identifier: MIT
// mem.h - copying, filling and comparing bytes.
//
// Theory    The compiler expands these or calls memcpy(), memmove(), memset() and memcmp(). In the
//           native program those are the host's; in the module for wasm32 they are in web/mem.c.
#pragma once

#include "base/types.h"

static inline void
mem_copy(void *to, const void *from, uint64 n)
{
    __builtin_memcpy(to, from, (size_t)n);
}

// The ranges may overlap.
static inline void
mem_move(void *to, const void *from, uint64 n)
{
    __builtin_memmove(to, from, (size_t)n);
}

static inline void
mem_set(void *to, uint8 value, uint64 n)
{
    __builtin_memset(to, value, (size_t)n);
}

static inline bool
mem_equal(const void *a, const void *b, uint64 n)
{
    return __builtin_memcmp(a, b, (size_t)n) == 0;
}

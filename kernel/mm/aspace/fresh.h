// SPDX-License-Identifier: MIT
// fresh.h - what is in memory that a process has just been given: zeroes.
//
// Theory    The only place that decides it. A build with INSECURE=1 is for showing what an attack
//           would find otherwise: what a process asks for as it runs (its heap, and memory from
//           mmap()) comes as its last owner left it. A program's own data and its stack are
//           zeroes there too, since it could not run without.
// Promises  fresh-zero, unless INSECURE=1.
#pragma once

#include "lib/page.h"
#include "mm/aspace/aspace.h"

#ifdef INSECURE
#define FRESH_LEAKS true
#else
#define FRESH_LEAKS false
#endif

static inline bool
fresh_leaks(uint8 kind)
{
    return FRESH_LEAKS && (kind == REGION_HEAP || kind == REGION_MMAP);
}

// A frame for a page of a region of that kind; NULL: none left.
static inline void *
fresh_page(const struct aspace *as, uint8 kind)
{
    return fresh_leaks(kind) ? uvm_alloc(as, FRAME_USER) : uvm_zalloc(as, FRAME_USER);
}

// The same for `size` bytes that have just been allocated.
static inline void
fresh_compound(uint8 kind, char *mem, uint64 size)
{
    for (uint64 at = 0; !fresh_leaks(kind) && at < size; at += PGSIZE)
        page_zero(mem + at);
}

// SPDX-License-Identifier: MIT
// fresh.h - the contents of memory that a process has just been given: zeroes.
//
// Theory    Only the functions here decide the contents. A build with INSECURE=1 shows what an
//           attacker would find without them: memory that a process asks for as it runs (its heap,
//           and memory from mmap()) has the contents that its last owner left. A program's own
//           data and its stack are zeroes there too, since no program runs without.
// Promises  fresh-zero, unless INSECURE=1.
#pragma once

#include "lib/page.h"
#include "mm/aspace/aspace.h"

#ifdef INSECURE
#define FRESH_LEAKS true
#else
#define FRESH_LEAKS false
#endif

// Returns whether fresh memory of a region of that kind keeps its last owner's contents; only with
// INSECURE=1.
static inline bool
fresh_leaks(uint8 kind)
{
    return FRESH_LEAKS && (kind == REGION_HEAP || kind == REGION_MMAP);
}

// Allocates a frame for a page of a region of that kind; NULL: none left.
static inline void *
fresh_page(const struct aspace *as, uint8 kind)
{
    return fresh_leaks(kind) ? uvm_alloc(as) : uvm_zalloc(as, FRAME_USER);
}

// Zeroes `size` bytes that have just been allocated for a region of that kind.
static inline void
fresh_compound(uint8 kind, char *mem, uint64 size)
{
    for (uint64 at = 0; !fresh_leaks(kind) && at < size; at += PGSIZE)
        page_zero(mem + at);
}

// SPDX-License-Identifier: MIT
// near.h - classifies a bad address by what is near it: the null page, the guard page, the heap ...
#pragma once

#include "lib/types.h"
#include "mm/aspace/region.h"

enum near_kind {
    NEAR_REGION,   // inside a region, and nothing special about it
    NEAR_NULL,     // page 0, its beginning if something is there
    NEAR_GUARD,    // the guard page, with sp elsewhere
    NEAR_OVERFLOW, // the guard page, and sp left the stack
    NEAR_SP,       // just above sp, which is outside of all regions
    NEAR_USYSCALL,
    NEAR_TRAPFRAME,
    NEAR_TRAMPOLINE,
    NEAR_FREED,   // between the break and where it once was
    NEAR_HEAP,    // just above the break
    NEAR_BETWEEN, // between two regions
    NEAR_NEGATIVE,
    NEAR_FREED_FILL, // what debug builds fill freed kernel memory with
    NEAR_FRESH_FILL, // and fresh memory
    NEAR_NOWHERE,    // neither the process's part nor the kernel's
    NEAR_USER_HALF,  // in the lower half; nothing more is known
    NEAR_DIRECT,
    NEAR_DEVICE,
    NEAR_KSTACK,
    NEAR_KSTACK_HOLE,
    NEAR_KERNEL_IMAGE,
    NEAR_KERNEL_HALF, // none of these
};

// The parts of an address space that an address may be near to.
struct near_space {
    const struct region *region; // by address
    int n;
    uint64 brk, highest_brk;
    uint64 sp;
};

struct near {
    enum near_kind kind;
    const struct region *in, *below, *above; // NULL: none
};

struct near near_in(const struct near_space *space, uint64 va);
enum near_kind near_any(uint64 va);  // without an address space: of the kernel, or nonsense
enum near_kind near_fill(uint64 va); // NEAR_FREED_FILL, NEAR_FRESH_FILL, or NEAR_REGION: neither

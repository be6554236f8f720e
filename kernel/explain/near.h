// SPDX-License-Identifier: MIT
// near.h - classifies a bad address by what is near it: the null page, the guard page, the heap ...
#pragma once

#include "lib/types.h"
#include "mm/aspace/region.h"

enum near_kind {
#define NEAR(kind, en, zh) kind,
#include "explain/near.def"
#undef NEAR
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

// SPDX-License-Identifier: MIT
// parts.h - the parts of an address space: ranges of addresses with a purpose.
#pragma once

#include "lib/types.h"

#define PART_FIRST 32 // smaller kinds are those of regions (mm/aspace/region.h)

enum part_kind {
    PART_TRAPFRAME = PART_FIRST,
    PART_TRAMPOLINE,
    PART_KSTACK,
    PART_KSTACK_HOLE,
    PART_KSTACKS, // where kernel stacks are
    PART_DIRECT,
    PART_DEVICES,
    PART_KERNEL, // the image
};

struct part {
    uint64 start, end;
    uint32 kind; // enum part_kind or enum region_kind
};

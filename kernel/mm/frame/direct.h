// SPDX-License-Identifier: MIT
// direct.h - physical memory as the kernel sees it: the direct map (host tests bring their own).
#pragma once

#include "lib/types.h"
#include "pt/sv.h"

// The start of the upper half of Sv39; physical address 0 would be here.
#define DIRECT_MAP 0xffffffc000000000UL

// The kernel's address of physical memory: the direct map is linear.
static inline void *
p2v(uint64 pa)
{
    return (void *)(pa + DIRECT_MAP); // an address of the direct map
}

// The physical address of a place in the direct map.
static inline uint64
v2p(const void *va)
{
    return (uint64)va - DIRECT_MAP;
}

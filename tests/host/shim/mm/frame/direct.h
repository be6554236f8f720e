// SPDX-License-Identifier: MIT
// direct.h - physical memory on the host: an address is a pointer minus host_direct_map, which a
// test may set (0 at first) to make the addresses of its arena look physical.
#pragma once

#include "lib/types.h"

#define PGSIZE         4096UL
#define PGSHIFT        12
#define PGROUNDUP(a)   (((a) + PGSIZE - 1) & ~(PGSIZE - 1))
#define PGROUNDDOWN(a) ((a) & ~(PGSIZE - 1))

extern uint64 host_direct_map;

static inline void *
p2v(uint64 pa)
{
    return (void *)(pa + host_direct_map); // the direct map is linear
}

static inline uint64
v2p(const void *va)
{
    return (uint64)va - host_direct_map;
}

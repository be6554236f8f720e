// SPDX-License-Identifier: MIT
// satp.h - the fields of satp.
#pragma once

#include "base/types.h"
#include "pt/sv.h"

// How many levels the trees of a satp have; 0: it does not translate.
static inline int
satp_levels(uint64 satp)
{
    uint64 mode = satp >> SATP_MODE_SHIFT;
    return mode >= SATP_SV39 && mode <= SATP_SV57 ? (int)(mode - SATP_SV39) + PT_MIN_LEVELS : 0;
}

// The physical address of the root.
static inline uint64
satp_root(uint64 satp)
{
    return (satp & SATP_PPN_MASK) << PGSHIFT;
}

static inline uint32
satp_asid(uint64 satp)
{
    return (uint32)(satp >> SATP_ASID_SHIFT & SATP_ASID_MASK);
}

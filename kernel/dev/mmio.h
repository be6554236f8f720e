// SPDX-License-Identifier: MIT
// mmio.h - device registers.
//
// Fences    What a device reads from memory must be there before it is told to look, and what it
//           wrote must be read after it said so. mmio_write*: earlier stores to memory come
//           before the register is written. mmio_read*: later loads from memory come after the
//           register was read.
// Manual    unpriv: fence; priv: pma
#pragma once

#include "lib/types.h"
#include "rv/iofence.h"

static inline uint32
mmio_read32(const volatile void *reg)
{
    uint32 v = *(const volatile uint32 *)reg; // volatile: each access counts
    fence_read_then_memory();
    return v;
}

static inline void
mmio_write32(volatile void *reg, uint32 v)
{
    fence_memory_then_write();
    *(volatile uint32 *)reg = v; // volatile: each access counts
}

static inline uint8
mmio_read8(const volatile void *reg)
{
    uint8 v = *(const volatile uint8 *)reg; // volatile: each access counts
    fence_read_then_memory();
    return v;
}

static inline void
mmio_write8(volatile void *reg, uint8 v)
{
    fence_memory_then_write();
    *(volatile uint8 *)reg = v; // volatile: each access counts
}

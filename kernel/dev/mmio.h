// SPDX-License-Identifier: MIT
// mmio.h - device registers.
//
// Fences    The memory that a device reads must be stored before a register tells it to, and the
//           memory that it writes must be loaded after a register says that it is done.
//           mmio_write*: earlier stores to memory come before the write of the register.
//           mmio_read*: later loads from memory come after the read of the register.
// Manual    unpriv: fence; priv: pma
#pragma once

#include "lib/types.h"
#include "rv/iofence.h"

// Reads a register of 32 bits, before later loads from memory.
static inline uint32
mmio_read32(const volatile void *reg)
{
    uint32 v = *(const volatile uint32 *)reg; // volatile: each access counts
    fence_read_then_memory();
    return v;
}

// Writes a register of 32 bits, after earlier stores to memory.
static inline void
mmio_write32(volatile void *reg, uint32 v)
{
    fence_memory_then_write();
    *(volatile uint32 *)reg = v; // volatile: each access counts
}

// Reads a register of 8 bits, before later loads from memory.
static inline uint8
mmio_read8(const volatile void *reg)
{
    uint8 v = *(const volatile uint8 *)reg; // volatile: each access counts
    fence_read_then_memory();
    return v;
}

// Writes a register of 8 bits, after earlier stores to memory.
static inline void
mmio_write8(volatile void *reg, uint8 v)
{
    fence_memory_then_write();
    *(volatile uint8 *)reg = v; // volatile: each access counts
}

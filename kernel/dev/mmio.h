// SPDX-License-Identifier: MIT
// mmio.h - device registers.
//
// Theory    RISC-V orders accesses to I/O regions among themselves within one device's strongly
//           ordered channel, but not against ordinary memory. What a device reads from memory must
//           be there before it is told to look, and what it wrote must be read after it said so.
// Fences    mmio_write*: earlier stores to memory come before the register is written; pairs with
// the
//           device's reading of memory.
//           mmio_read*: later loads from memory come after the register was read; pairs with the
//           device's writing of memory.
// Manual    unpriv: fence; priv: pma
#pragma once

#include "lib/types.h"

static inline uint32
mmio_read32(const volatile void *reg)
{
    uint32 v = *(const volatile uint32 *)reg;
    asm volatile("fence i,r" ::: "memory"); // pairs as the head says
    return v;
}

static inline void
mmio_write32(volatile void *reg, uint32 v)
{
    asm volatile("fence w,o" ::: "memory"); // pairs as the head says
    *(volatile uint32 *)reg = v;
}

static inline uint8
mmio_read8(const volatile void *reg)
{
    uint8 v = *(const volatile uint8 *)reg;
    asm volatile("fence i,r" ::: "memory"); // pairs as the head says
    return v;
}

static inline void
mmio_write8(volatile void *reg, uint8 v)
{
    asm volatile("fence w,o" ::: "memory"); // pairs as the head says
    *(volatile uint8 *)reg = v;
}

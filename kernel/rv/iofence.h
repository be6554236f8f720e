// SPDX-License-Identifier: MIT
// iofence.h - order between memory and the registers of devices.
//
// RISC-V keeps the order of accesses to one device, but not between these and ordinary memory.
#pragma once

// Orders earlier stores to memory before later writes of device registers.
static inline void
fence_memory_then_write(void)
{
    asm volatile("fence w,o" ::: "memory"); // pairs with the device's reading of memory
}

// Orders earlier reads of device registers before later loads from memory.
static inline void
fence_read_then_memory(void)
{
    asm volatile("fence i,r" ::: "memory"); // pairs with the device's writing of memory
}

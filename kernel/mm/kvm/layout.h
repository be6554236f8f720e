// SPDX-License-Identifier: MIT
// layout.h - where things are in virtual memory. doc/memory-map.md draws it.
//
// The upper half belongs to the kernel and is the same in every table that contains it; the lower
// half, up to USER_END, belongs to the process. All kernel parts lie in the last 256 GiB, so that
// the same addresses serve Sv39, Sv48 and Sv57.
#pragma once

#include "abi/usyscall.h"
#include "mm/frame/direct.h"
#include "rv/kstack.h"

#define GIB (1UL << 30)

// DIRECT_MAP (mm/frame/direct.h): physical memory, 128 GiB of it at most.
#define DIRECT_SIZE  (128 * GIB)
#define DEVICES      (DIRECT_MAP + DIRECT_SIZE) // registers of devices
#define DEVICES_SIZE GIB
#define KSTACKS      (DEVICES + DEVICES_SIZE) // kernel stacks, each above a hole of its size
#define KSTACKS_SIZE GIB
#define KERNEL_LINK  0xffffffff80200000UL // the image, see kernel.ld

// The user's part: [0, USER_END) may be given to user mappings; user pointers end there too.
#define USER_END TRAPFRAME

#define KSTACK_SLOT (2UL * KSTACK_SIZE)

_Static_assert(TRAPFRAME == 0x3fffffe000 && USYSCALL == 0x3fffffd000, "ABI addresses");
_Static_assert(KSTACKS % KSTACK_SLOT == 0, "one bit of sp tells stack from hole");
_Static_assert(DIRECT_SIZE >> 30 == 128, "what boot/main.c says when there is more");
_Static_assert(KSTACKS + KSTACKS_SIZE <= KERNEL_LINK, "parts do not overlap");

// SPDX-License-Identifier: MIT
// fdt.h - builds the device tree that describes the board to firmware and kernel.
#pragma once

#include "base/types.h"

#define FDT_ROOM 0x10000ULL // bytes to keep for the tree and the additions of the firmware

struct machine;

// The boot loader's additions to the description of the board.
struct fdt_chosen {
    const char *bootargs;      // or NULL
    uint64 initrd, initrd_end; // equal: none
};

// Builds the tree at `blob`.
// Returns   its size; 0 when `max` bytes are too few.
uint64 fdt_build(const struct machine *m, const struct fdt_chosen *c, uint8 *blob, uint64 max);

// SPDX-License-Identifier: MIT
// spec39.h - a second, independent reading of the manual's Sv39 translation, shaped unlike pt/.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct spec39_result {
    int cause;     // of the exception; -1: translated
    uint64_t pa;   // valid if translated
    int reads;     // entries read
    bool stores;   // the hart would write the entry back with A (and D) set
    uint64_t back; // the entry that it would write
};

// `memory` reads the aligned 8 bytes at a physical address; false: nothing is there.
struct spec39_result spec39(uint64_t satp, uint64_t va, char access, bool user_mode, bool sum,
                            bool mxr, bool svadu, bool (*memory)(uint64_t pa, uint64_t *value));

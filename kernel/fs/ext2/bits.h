// SPDX-License-Identifier: MIT
// bits.h - the disk's bitmaps: bit i is bit i % 8 of byte i / 8.
#pragma once

#include "lib/types.h"

#define BIT_NONE (~0U)

uint32 bits_find_zero(const void *map, uint32 from, uint32 end); // the first, or BIT_NONE
bool bits_test(const void *map, uint32 i);
bool bits_set(void *map, uint32 i);   // returns the old value
bool bits_clear(void *map, uint32 i); // returns the old value

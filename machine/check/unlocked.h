// SPDX-License-Identifier: MIT
// unlocked.h - words of the allocator and of the buffer cache that are changed (--races).
#pragma once

#include "base/types.h"

struct machine;

// For check/races.c: the hart is about to change the four bytes of a kernel's variable to `value`,
// not by an atomic instruction.
void unlocked_store(struct machine *m, unsigned hart, uint64 pa, uint32 value);

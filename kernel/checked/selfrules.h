// SPDX-License-Identifier: MIT
// selfrules.h - every rule of translation that the kernel can break, against the hart.
#pragma once

#include "lib/types.h"

int selftest_rules(void); // 0, or 1: the hart and the manual disagree

// One byte read, written or executed, by code that a trap may resume where it would have returned to.
int selftest_read(uint64 va);
int selftest_write(uint64 va);
int selftest_execute(uint64 va);

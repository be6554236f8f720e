// SPDX-License-Identifier: MIT
// selfrules.h - breaks the rules of translation, and compares the hart's traps with the manual's.
#pragma once

#include "lib/types.h"

int selftest_rules(void); // 0, or 1: the hart and the manual disagree

// Reads, writes or executes one byte; after a trap execution continues behind the call.
int selftest_read(uint64 va);
int selftest_write(uint64 va);
int selftest_execute(uint64 va);

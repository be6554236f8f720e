// SPDX-License-Identifier: MIT
// pair.h - two harts that are stopped at chosen accesses to memory, so that the other one goes on.
//
// Theory    Where two harts access one object without a common lock, the result may depend on the
//           place where one is when the other comes. The compiler calls pair.c before each access
//           of the code under test. The first hart stops before its n-th access to the watched
//           memory; the second runs until it ends, has to wait, or comes to its own m-th access;
//           then the first goes on. So a test can try each place in turn, and each run is
//           repeatable.
//
// A test that includes this links pair.c and tests/host/mmu/fiber.c, not shim/thread.c, and has the
// line CFLAGS: --param asan-instrumentation-with-call-threshold=0
#pragma once

#include "lib/types.h"

void pair_watch(const void *object, size_t size);
void pair_watch_nothing(void);

#define PAIR_NEVER (~0U)

// Both functions run to their ends, as two harts.
// Returns   which of them were stopped: bit 0 for the first, bit 1 for the second; the others ended
//           before that access.
unsigned pair_run(void (*first)(void), void (*second)(void), unsigned n, unsigned m);

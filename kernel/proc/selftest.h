// SPDX-License-Identifier: MIT
// selftest.h - provokes mistakes of the kernel, so that its messages can be tested: with
// `selftest=NAME` on the kernel command line, in debug builds (checked/selftest.c).
#pragma once

#include "lib/printf.h"
#include "lib/types.h"

struct kernelframe;

#ifdef DEBUG
int selftest_run(const char *name);          // returns the exit code for power_off()
bool selftest_caught(struct kernelframe *f); // true: a test has provoked the trap; it is handled
#else
// Refuses the test: this build has none.
// Returns   the exit code of a failure.
static inline int
selftest_run(const char *name)
{
    printf("vitrine: selftest=%s needs a kernel built with DEBUG=1\n", name);
    return 2;
}

// Knows no test that could have provoked a trap.
static inline bool
selftest_caught(struct kernelframe *f)
{
    (void)f;
    return false;
}
#endif

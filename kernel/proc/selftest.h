// SPDX-License-Identifier: MIT
// selftest.h - provokes the kernel's own mistakes, so that what it says of them can be tested: with
// `selftest=NAME` on the kernel command line, in debug builds (checked/selftest.c).
#pragma once

#include "lib/printf.h"
#include "lib/types.h"

struct kernelframe;

#ifdef DEBUG
int selftest_run(const char *name);          // the code to switch the machine off with
bool selftest_caught(struct kernelframe *f); // was this trap provoked? Then it is over
#else
static inline int
selftest_run(const char *name)
{
    printf("vitrine: selftest=%s needs a kernel built with DEBUG=1\n", name);
    return 2;
}

static inline bool
selftest_caught(struct kernelframe *f)
{
    (void)f;
    return false;
}
#endif

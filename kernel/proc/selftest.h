// SPDX-License-Identifier: MIT
// selftest.h - provokes mistakes of the kernel, so that its messages can be tested: with
// `selftest=NAME` on the kernel command line, in debug builds (checked/selftest.c).
#pragma once

#include "lib/types.h"

struct kernelframe;

int selftest_run(const char *name);          // returns the exit code for power_off()
bool selftest_caught(struct kernelframe *f); // true: a test has provoked the trap; it is handled

// SPDX-License-Identifier: MIT
// rtc.h - the wall clock, which runs while the machine is off.
#pragma once

#include "lib/types.h"

struct machine;

void rtc_init(const struct machine *m); // at boot, after the kernel has its own table
uint64 rtc_seconds(void);               // since 1970; 0: there is no clock
uint64 rtc_nanoseconds(void);           // likewise

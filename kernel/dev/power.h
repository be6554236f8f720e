// SPDX-License-Identifier: MIT
// power.h - the end of the machine, with an exit code for the host.
#pragma once

#include "lib/types.h"

struct machine;

void power_init_early(const struct machine *m); // until the kernel's own table is loaded
void power_init(const struct machine *m);
void power_off(int code) noreturn; // 0: all went well

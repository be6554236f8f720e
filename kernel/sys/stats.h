// SPDX-License-Identifier: MIT
// stats.h - what the statistics device says about the kernel.
#pragma once

#include "lib/types.h"

int stats_text(char *buf, size_t size); // like snprintf()

// SPDX-License-Identifier: MIT
// stats.h - the text of the statistics device.
#pragma once

#include "lib/types.h"

int stats_text(char *buf, size_t size); // like snprintf()

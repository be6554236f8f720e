// SPDX-License-Identifier: MIT
// park.h - on a host, tests say what happens while a lock is waited for.
#pragma once

#include "lib/types.h"

bool panicking(void);
void panic_park(void);

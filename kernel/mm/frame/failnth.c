// SPDX-License-Identifier: MIT
// failnth.c - who decides which allocations fail.
#include "mm/frame/failnth.h"

bool (*failnth_hook)(void);

// SPDX-License-Identifier: MIT
// failnth.c - the hook that decides which allocations fail.
#include "mm/frame/failnth.h"

bool (*failnth_hook)(void);

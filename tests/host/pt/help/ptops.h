// SPDX-License-Identifier: MIT
// ptops.h - random operations on a page table, each compared with a flat array of pages.
#pragma once

#include "lib/types.h"

// Runs `steps` operations chosen by `next` on a tree of `levels` whose window starts at `base`,
// each first with every possible allocation failure; asserts that tree, array, ledger and TLB
// agree.
void ptops_run(uint64 (*next)(void), int steps, int levels, uint64 base);

#define PTOPS_PAGES 2560UL // in the window

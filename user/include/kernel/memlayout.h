// SPDX-License-Identifier: MIT
// memlayout.h - the addresses that sources for xv6 name. KERNBASE and PHYSTOP only serve such
// programs as examples of addresses that are not theirs.
#pragma once

#include "abi/usyscall.h"

#define KERNBASE 0x80000000L
#define PHYSTOP  (KERNBASE + 128 * 1024 * 1024)

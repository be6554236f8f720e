// SPDX-License-Identifier: MIT
// memlayout.h - the addresses that sources for xv6 name. Such programs use KERNBASE and PHYSTOP as
// examples of kernel addresses.
#pragma once

#include "abi/usyscall.h"

#define KERNBASE 0x80000000L
#define PHYSTOP  (KERNBASE + 128 * 1024 * 1024)

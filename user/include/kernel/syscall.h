// SPDX-License-Identifier: MIT
// syscall.h - the numbers of the system calls, under the name that sources for xv6 include.
#pragma once

#include "abi/syscall.h"

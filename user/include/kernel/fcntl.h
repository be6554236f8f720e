// SPDX-License-Identifier: MIT
// fcntl.h - flags of open() and mmap(), under the name that sources for xv6 include.
#pragma once

#include "abi/fcntl.h"
#include "abi/mman.h"

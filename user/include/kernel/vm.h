// SPDX-License-Identifier: MIT
// vm.h - the kinds of sbrk() under the name that sources for xv6 include.
#pragma once

#include "abi/mman.h"

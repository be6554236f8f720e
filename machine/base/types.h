// SPDX-License-Identifier: MIT
// types.h - the integer types of the machine, which are the kernel's.
//
// Theory    The core of the machine has no libc, no host calls, no global variables and no
//           floating point of the host. Its files are compiled for the native program and, for
//           wasm32, as the module that the page runs: a pointer has 4 or 8 bytes, a guest address
//           has always 8.
#pragma once

#include "lib/types.h"

// SPDX-License-Identifier: MIT
// types.h - the integer types of the machine, which are the kernel's.
//
// Theory    The core of the machine has no libc, no host calls, no global variables and no
//           floating point of the host. The same files are the native program and, compiled for
//           wasm32, the module that the page runs: a pointer has 4 or 8 bytes, a guest address
//           has always 8.
#pragma once

#include "lib/types.h"

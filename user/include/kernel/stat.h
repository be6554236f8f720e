// SPDX-License-Identifier: MIT
// stat.h - struct stat and the file types, under the name that sources for xv6 include.
#pragma once

#include "abi/stat.h"

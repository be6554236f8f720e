// SPDX-License-Identifier: MIT
// sysinfo.h - struct sysinfo, under the name that sources for xv6 include.
#pragma once

#include "abi/sysinfo.h"

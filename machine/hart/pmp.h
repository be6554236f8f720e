// SPDX-License-Identifier: MIT
// pmp.h - physical memory protection. Manual: priv pmp.
#pragma once

#include "base/types.h"
#include "pt/read/translate.h"

struct machine;

// May the hart access [pa, pa + bytes) in `mode`? All bytes must be matched by one entry alike.
bool pmp_allows(const struct machine *m, unsigned hart, unsigned mode, uint64 pa, uint64 bytes,
                enum pt_access access);

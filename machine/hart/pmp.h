// SPDX-License-Identifier: MIT
// pmp.h - physical memory protection. Manual: priv pmp.
#pragma once

#include "base/types.h"
#include "pt/read/translate.h"

struct machine;

// Returns whether the hart may access [pa, pa + bytes) in `mode`. One entry must match all bytes.
bool pmp_allows(const struct machine *m, unsigned hart, unsigned mode, uint64 pa, uint64 bytes,
                enum pt_access access);

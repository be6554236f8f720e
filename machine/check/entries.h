// SPDX-License-Identifier: MIT
// entries.h - changes of entries of user programs' page tables, for other checks.
#pragma once

#include "base/types.h"

struct machine;

// Called before a hart changes the entry at `slot` of a user tree, each of another check.
void cow_entry(struct machine *m, unsigned hart, uint64 slot, uint64 was, uint64 is);
void dropped_entry(struct machine *m, unsigned hart, int level, uint64 slot, uint64 is);
void entryraces_entry(struct machine *m, unsigned hart, uint64 slot, uint64 was, uint64 is);
void releases_entry(struct machine *m, unsigned hart, uint64 slot, uint64 is);

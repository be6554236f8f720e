// SPDX-License-Identifier: MIT
// atrest.h - what a page table must not hold when its process goes on, for check/tables.c.
#pragma once

#include "check/leaves.h"

// An entry that is valid, and that no hart would take.
void atrest_refused(struct machine *m, unsigned hart, uint64 satp, const struct leaf *entry);
// A leaf above level 0 of a user tree.
void atrest_large(struct machine *m, unsigned hart, const struct leaf *leaf);
// A table of the tree of `satp`, to which the entry at `slot` leads: has another process's tree it,
// too?
void atrest_table(struct machine *m, unsigned hart, uint64 satp, int level, uint64 table,
                  uint64 slot);

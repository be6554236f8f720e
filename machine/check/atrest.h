// SPDX-License-Identifier: MIT
// atrest.h - entries that a table must not have when its process goes on, for check/tables.c.
#pragma once

#include "check/leaves.h"

// Checks a valid entry that every hart would refuse.
void atrest_refused(struct machine *m, unsigned hart, uint64 satp, const struct leaf *entry);
// Checks a leaf above level 0 of a user tree.
void atrest_large(struct machine *m, unsigned hart, const struct leaf *leaf);
// Checks that the table, to which the entry at `slot` of the tree of `satp` leads, is in no other
// process's tree.
void atrest_table(struct machine *m, unsigned hart, uint64 satp, int level, uint64 table,
                  uint64 slot);

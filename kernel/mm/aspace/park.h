// SPDX-License-Identifier: MIT
// park.h - deferred page-table copy: after a fork, parent and child share leaf tables.
//
// Theory    Fork does not copy a leaf table that serves only one region of anonymous memory. It
//           parks the table: the pointer loses V in the parent's tree, and the child's tree gets
//           the same entry. A hart takes it for a hole. The table's frame counts the spaces that
//           share it. The first access by a space, or change of the range, ends the sharing for
//           that space: the last space gets the table itself, with all rights of its leaves; any
//           other space gets a copy, copy-on-write page by page. So a fork costs time for each leaf
//           table instead of each page, and a child that execs costs its parent a fault for each.
// Promises  parked-still: while several spaces share a table, none uses it, and the only change to
//           it is that its leaves lose W.
// Locks     as->lock of the space, held by the caller; the table's count is atomic.
// Manual    priv sv39pte: a pointer has no rights that could be taken from all its leaves
#pragma once

#include "mm/aspace/aspace.h"

// Tells whether tables of the region may be parked: it is anonymous memory that fork shares
// copy-on-write. Each parked table serves one region of this kind and no other that has pages there.
static inline bool
park_may(const struct region *r)
{
    return (r->kind == REGION_HEAP || r->kind == REGION_MMAP) && !r->pager && region_copies(r);
}

// Parks the tables that serve region i of `from` alone, a park_may() one, for `to` too; they may be
// parked already. Others that were come back. -ENOMEM: `to` has some of them.
int park_share(struct aspace *to, struct aspace *from, int i) must_check;
// At its end. What as->pages counts when the other pages are gone was in tables left to others.
void park_drop(struct aspace *as);
int park_settle(struct aspace *as, uint64 start, uint64 end) must_check; // see unpark()

// No table that serves [start, end) is parked any more.
// On error  -ENOMEM: some of them may be.
// Fences    the whole space: entries that were invalid may be cached (priv sfence.vma).
static inline int must_check
unpark(struct aspace *as, uint64 start, uint64 end)
{
    return likely(!as->parked) ? 0 : park_settle(as, start, end);
}

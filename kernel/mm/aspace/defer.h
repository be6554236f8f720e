// SPDX-License-Identifier: MIT
// defer.h - deferred page-table copy: after a fork, parent and child share leaf tables.
//
// Theory    Fork does not copy a leaf table that serves only one region of anonymous memory. It
//           defers the copy: the pointer loses V in the parent's tree, and the child's tree gets
//           the same entry. A hart takes it for a hole. The table's frame counts the spaces that
//           share it. The first access by a space, or change of the range, ends the sharing for
//           that space: the last space gets the table itself, with all rights of its leaves; any
//           other space gets a copy, copy-on-write page by page. So a fork costs time for each leaf
//           table instead of each page, and a child that execs costs its parent a fault for each.
// Promises  deferred-still: while several spaces share a table, none uses it, and the only change
//           to it is that its leaves lose W.
// Locks     as->lock of the space, held by the caller; the table's count is atomic.
// Manual    priv sv39pte: a pointer has no rights that could be taken from all its leaves
#pragma once

#include "mm/aspace/aspace.h"

// Returns whether fork may share leaf tables of the region: it is anonymous memory that fork shares
// copy-on-write. A shared table serves one such region, and no other that has pages there.
static inline bool
defer_allowed(const struct region *r)
{
    return (r->kind == REGION_HEAP || r->kind == REGION_MMAP) && !r->pager && region_copies(r);
}

// Shares the leaf tables of region i, which defer_allowed() admits. -ENOMEM: `to` has some of them.
int defer_share(struct aspace *to, struct aspace *from, int i) must_check;
// Gives up the space's part in all its deferred tables, at the space's end.
void defer_drop(struct aspace *as);
int defer_unshare(struct aspace *as, uint64 start, uint64 end) must_check; // unshare()'s slow path

// Ends the space's sharing of each deferred table that serves [start, end).
// On error  -ENOMEM: some of the tables may still be deferred.
// Locks     as->lock, held by the caller.
// Fences    the whole space if a table changed: invalid entries may be cached (priv sfence.vma).
static inline int must_check
unshare(struct aspace *as, uint64 start, uint64 end)
{
    return likely(!as->deferred) ? 0 : defer_unshare(as, start, end);
}

// SPDX-License-Identifier: MIT
// park.h - leaf tables that a fork leaves to both, and that neither uses until it has to.
//
// Theory    Fork does not look into a leaf table that serves nothing but one region of anonymous
//           memory. It parks it: the pointer to it loses V in the parent's tree, and the child's
//           gets the same one. A hart sees a hole there. The table's frame counts the spaces that
//           lead to it. Whoever touches what it maps, or changes it, gets it back: the last one
//           the table itself, with all rights that its leaves had; any other a copy,
//           copy-on-write page by page, as fork would have made it. So a fork costs what there are
//           leaf tables, and a child that execs or ends has cost its parent a fault for each.
// Promises  parked-still: while several spaces lead to a table, none uses it, and all that happens
//           to it is that its leaves lose W.
// Locks     as->lock of the space, held by the caller; the table's count is atomic.
// Manual    priv sv39pte: a pointer has no rights that could be taken from all its leaves
#pragma once

#include "mm/aspace/aspace.h"

// Is it anonymous memory whose pages fork shares until somebody writes? Each table that is parked
// serves some region of this kind, and no other that has pages there.
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

// SPDX-License-Identifier: MIT
// rounded.c - mappages() as the course had it at first: it takes any range of bytes.
//
// Theory    The pages of a range of bytes are those from the one with its first byte to the one
//           with its last; they are mapped as mappages() does.
// Promises  map-atomic: all of these pages are mapped, or tree and allocator are as they were.
// Locks     none here; the caller owns the tree.
// Fences    none here: holes become valid, see walk.c.
// Next      doc/years.md
#include "pt/pt.h"

#include "abi/errno.h"
#include "lib/panic.h"
#include "pt/span.h"

// Maps each page that a byte of [va, va + size) lies in, the first one to the page of physical
// memory that `pa` lies in, the others to those after it.
// On error  -EINVAL: the range is not canonical; -ENOMEM: table frames ran out. The tree is as
//           it was.
int
mappages_rounded(struct pt *t, uint64 va, uint64 size, uint64 pa, uint64 perm)
{
    if (size == 0)
        panic("mappages: size: 0 at va 0x%lx", va);
    uint64 first = PGROUNDDOWN(va), end = PGROUNDUP(va + size);
    if (!range_ok(t, first, end))
        return -EINVAL;
    return mappages(t, first, end - first, PGROUNDDOWN(pa), perm, 0);
}

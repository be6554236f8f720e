// SPDX-License-Identifier: MIT
// spare.c - the blank tables that an address space keeps.
#include "mm/aspace/spare.h"

#include "abi/errno.h"
#include "mm/aspace/aspace.h"
#include "mm/frame/frame.h"

// Takes a blank table out of the reserve.
// Returns   NULL: there is none.
void *
spare_take(struct aspace *as)
{
    if (!as->nspare)
        return NULL;
    as->nspare--;
    return list_entry(list_pop_front(&as->spare), struct frame, link)->mem;
}

// Adds a blank table, to which no entry leads, to the reserve.
void
spare_keep(struct aspace *as, void *table)
{
    list_push_front(&as->spare, &frame_of(v2p(table))->link);
    as->nspare++;
}

// Allocates n tables more.
// On error  -ENOMEM: some of them are there; spare_trim() frees them.
int
spare_reserve(struct aspace *as, uint64 n)
{
    for (; n > 0; n--) {
        void *table = kzalloc(FRAME_PGTABLE, as->owner->pid);
        if (!table)
            return -ENOMEM;
        spare_keep(as, table);
    }
    return 0;
}

// Frees all tables but n.
void
spare_trim(struct aspace *as, uint64 n)
{
    while (as->nspare > n)
        kfree_zeroed(spare_take(as));
}

// SPDX-License-Identifier: MIT
// unified.c - one table per process for both modes.
//
// Theory    The root contains the kernel half: the entries of the kernel's own root, leading to the
//           same tables, whose leaves have G and no U. A trap does not write satp. User pages are
//           in the same table, but the kernel cannot access them there: they have U, and SUM is
//           never set. Copies walk the user's table and use the direct map (decision 0043).
// Protects  nothing from a hart that speculates past U (Meltdown). The other designs do: there the
//           table of user mode does not map the kernel's memory.
#include "mm/aspace/aspace.h"
#include "mm/design/select.h"

static int
unified_create(struct aspace *as)
{
    as->ksatp = as->satp;
    return kvm_share(&as->pt);
}

static void
unified_destroy(struct aspace *as)
{
    (void)as; // the shared tables belong to the kernel
}

const struct design design_unified = {
    .name = "unified",
    .create = unified_create,
    .destroy = unified_destroy,
};

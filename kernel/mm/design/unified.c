// SPDX-License-Identifier: MIT
// unified.c - one table per process for both modes.
//
// Theory    The root contains the kernel half: the entries of the kernel's own root, leading to the
//           same tables, whose leaves are global and not for the user. A trap switches nothing.
//           User pages are in the same table, but U keeps the kernel away from them: SUM is never
//           set, and copies walk the user's table (decision 0043).
// Protects  nothing against a hart that speculates past U (Meltdown); the other designs can.
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

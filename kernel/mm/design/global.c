// SPDX-License-Identifier: MIT
// global.c - one kernel table for all; user tables hold user pages, the trampoline and the
// trapframe.
//
// Theory    Each trap switches satp on the way in and on the way out. The kernel sees user memory
//           only by walking the user's table in software and using the direct map.
// Protects  the kernel's memory from a hart that speculates past U: it is not mapped in user
//           mode, but for one page of code and one page of the process's own registers.
#include "mm/aspace/aspace.h"
#include "mm/design/select.h"
#include "mm/design/trampage.h"

static int
global_create(struct aspace *as)
{
    as->ksatp = kernel_satp;
    return trampage_map(as);
}

const struct design design_global = {
    .name = "global",
    .switches = true,
    .create = global_create,
    .destroy = trampage_unmap,
};

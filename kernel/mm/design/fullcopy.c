// SPDX-License-Identifier: MIT
// fullcopy.c - a complete kernel table for each process.
//
// Theory    Every table page of the kernel half is copied when the process is made, leaves
//           included, so the process's kernel table shares no table page with another. Its kernel
//           stack is mapped in this table alone, and the lower half mirrors its memory. The
//           kernel's own table serves idle harts.
// Protects  as global.c, and a process's kernel stack from the kernel running for another process.
#include "abi/errno.h"
#include "mm/aspace/aspace.h"
#include "mm/design/select.h"
#include "mm/design/trampage.h"

#define UPPER_HALF (-MAXVA)

static int
fullcopy_create(struct aspace *as)
{
    as->ksatp = MAKE_SATP(as->kpt.env->levels, 0, pt_root_pa(&as->kpt));
    // Another table may have another leaf at the same address, so no leaf is global.
    if (pt_clone_upper(&as->kpt, &kernel_pt, PTE_G) < 0 ||
        kstack_map(&as->owner->kstack, &as->kpt) < 0 || kvm_map_trampoline(&as->kpt) < 0)
        return -ENOMEM;
    return trampage_map(as);
}

static void
fullcopy_destroy(struct aspace *as)
{
    trampage_unmap(as);
    if (!as->kpt.root)
        return;
    pt_free_tables(&as->kpt, 0, MAXVA);
    pt_free_tables(&as->kpt, UPPER_HALF, 0);
}

const struct design design_fullcopy = {
    .name = "fullcopy",
    .mirrored = true,
    .switches = true,
    .private_table = true,
    .create = fullcopy_create,
    .destroy = fullcopy_destroy,
};

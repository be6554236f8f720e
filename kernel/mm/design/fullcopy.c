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
#include "pt/runs.h"

#define UPPER_HALF (-MAXVA)

static int
copy_slots(pte_t *from, pte_t *to, uint64 va, int n, int level, void *arg)
{
    (void)va;
    (void)level;
    (void)arg;
    runs_copy(from, to, n, PTE_G); // another table may have another leaf here
    return 0;
}

static int
fullcopy_create(struct aspace *as)
{
    as->ksatp = MAKE_SATP(as->kpt.env->levels, 0, pt_root_pa(&as->kpt));
    if (pt_copy_range(&as->kpt, &kernel_pt, UPPER_HALF, 0, copy_slots, NULL) < 0 ||
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

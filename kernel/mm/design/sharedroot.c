// SPDX-License-Identifier: MIT
// sharedroot.c - a root for each process; the tables below it are the kernel's own.
//
// Theory    As fullcopy.c, but create() copies only the kernel half's entries for whole GiB; in
//           Sv39 these are entries of the root. They lead to the kernel's own tables, which all
//           processes share: hence the name, though each process has a root. The kernel stack and
//           the mirror of the process's memory have private entries and tables.
// Protects  as fullcopy.c, with fewer table pages.
#include "abi/errno.h"
#include "mm/aspace/aspace.h"
#include "mm/design/select.h"
#include "mm/design/trampage.h"
#include "mm/kvm/layout.h"

static int
sharedroot_create(struct aspace *as)
{
    as->ksatp = MAKE_SATP(as->kpt.env->levels, 0, pt_root_pa(&as->kpt));
    if (kvm_share_but_stacks(&as->kpt) < 0 || kstack_map(&as->owner->kstack, &as->kpt) < 0 ||
        kvm_map_trampoline(&as->kpt) < 0)
        return -ENOMEM;
    return trampage_map(as);
}

static void
sharedroot_destroy(struct aspace *as)
{
    trampage_unmap(as);
    if (!as->kpt.root)
        return;
    kvm_unshare_but_stacks(&as->kpt);
    pt_free_tables(&as->kpt, 0, MAXVA);
    pt_free_tables(&as->kpt, KSTACKS, KSTACKS + KSTACKS_SIZE);
}

const struct design design_sharedroot = {
    .name = "sharedroot",
    .mirrored = true,
    .switches = true,
    .private_table = true,
    .create = sharedroot_create,
    .destroy = sharedroot_destroy,
};

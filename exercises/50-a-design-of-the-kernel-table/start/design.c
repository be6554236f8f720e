// SPDX-License-Identifier: MIT
// design.c - a root for each process that leads to the kernel's own tables.
#include "abi/errno.h"
#include "mm/aspace/aspace.h"
#include "mm/design/select.h"
#include "mm/design/trampage.h"
#include "mm/kvm/layout.h"

// For create, each 0 or an error (negative):
//   kvm_share_but_stacks(&as->kpt)                    entries of whole GiB that are the kernel's
//   kstack_map(&as->owner->kstack, &as->kpt)      the process's kernel stack
//   kvm_map_trampoline(&as->kpt)                  the page on which satp is switched
//   trampage_map(as)                              the same page and the trapframe, in as->pt
//   MAKE_SATP(as->kpt.env->levels, 0, pt_root_pa(&as->kpt))
// For destroy:
//   trampage_unmap(as), kvm_unshare_but_stacks(&as->kpt), pt_free_tables(&as->kpt, start, end)
static int
sharedroot_create(struct aspace *as)
{
    as->ksatp = MAKE_SATP(as->kpt.env->levels, 0, pt_root_pa(&as->kpt));
    return trampage_map(as); // your code
}

static void
sharedroot_destroy(struct aspace *as)
{
    trampage_unmap(as); // your code
}

const struct design design_sharedroot = {
    .name = "sharedroot",
    .mirrored = true,
    .switches = true,
    .private_table = true,
    .create = sharedroot_create,
    .destroy = sharedroot_destroy,
};

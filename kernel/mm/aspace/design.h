// SPDX-License-Identifier: MIT
// design.h - the interface of the four designs of the kernel's page table.
//
// Theory    A design decides which table a hart uses while the kernel runs for a process, and
//           whether the process's memory is mapped there. Each design is one file of mm/design;
//           select.c chooses among them, and trampage.c serves those that switch satp:
//
//             design      table in the kernel         the process's memory     a trap
//             unified     the process's own, as->pt   at its addresses         switches nothing
//             global      the kernel's, kernel_pt     not mapped               switches satp
//             fullcopy    its kernel table, as->kpt   mirrored (mirror.h)      switches satp
//             sharedroot  as->kpt: its own root,      mirrored (mirror.h)      switches satp
//                         the kernel's tables below
//
//           All other code asks these fields instead of the name. The kernel command line chooses
//           one at boot (kpt=).
// Next      mm/design/unified.c and its neighbours; doc/designs.md
#pragma once

#include "lib/types.h"

struct aspace;

struct design {
    const char *name;
    // The process's memory is mapped in as->kpt too, without U, and copies dereference it there.
    // False for unified: its user pages have U, and SUM is never set, so supervisor mode faults.
    bool mirrored;
    bool switches;      // a trap writes satp; so the trap page and the trapframe are in as->pt
    bool private_table; // a process has a kernel table of its own, with its stack and the mirror
    // Adds to the new tables what the design needs and sets as->ksatp. -ENOMEM: the caller calls
    // destroy().
    int (*create)(struct aspace *as) must_check;
    // Takes out what create() added, or a part of it. The process's memory has been freed.
    void (*destroy)(struct aspace *as);
};

extern const struct design *design; // the one in force; constant after the boot

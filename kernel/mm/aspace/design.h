// SPDX-License-Identifier: MIT
// design.h - the interface of the four designs of the kernel's page table.
//
// Theory    A design decides which table a hart uses while the kernel runs for a process, and
//           whether the process's memory is mapped there. Each is one file of mm/design:
//
//             design      table in the kernel         the process's memory     a trap
//             unified     the process's own, as->pt   at its addresses         switches nothing
//             global      the kernel's, kernel_pt     not mapped               switches satp
//             fullcopy    its kernel table, as->kpt   mirrored (mirror.h)      switches satp
//             sharedroot  as->kpt, most of whose      mirrored (mirror.h)      switches satp
//                         tables are the kernel's
//
//           All other code asks these fields instead of the name. The kernel command line chooses
//           one at boot (kpt=).
// Next      mm/design/unified.c and its neighbours; doc/designs.md
#pragma once

#include "lib/types.h"

struct aspace;

struct design {
    const char *name;
    bool direct;        // the kernel can dereference the running process's memory
    bool switches;      // a trap writes satp; so the trap page and the trapframe are in as->pt
    bool private_table; // a process has a kernel table: its stack is there, and its memory
    // Adds to the new tables what the design needs and sets as->ksatp. -ENOMEM: the caller destroys.
    int (*create)(struct aspace *as) must_check;
    // Takes out what create() added, also a part of it. The process's memory has been freed.
    void (*destroy)(struct aspace *as);
};

extern const struct design *design; // the one in force; constant after the boot

// SPDX-License-Identifier: MIT
// trampage.c - TRAMPOLINE and TRAPFRAME in a user table, in the designs that switch tables on a
// trap.
//
// Theory    The trap code runs while satp changes, so it must be at one address in both tables;
//           and it must save registers before the change, so the trapframe must be in the user's.
//           Neither has U: they are used in supervisor mode only.
#include "mm/design/trampage.h"

#include "mm/aspace/aspace.h"
#include "mm/kvm/layout.h"
#include "pt/change.h"

// Maps the trap code at TRAMPOLINE and the process's trapframe at TRAPFRAME in its user table.
// On error  -ENOMEM: one of the two may be mapped; trampage_unmap() takes it out.
int
trampage_map(struct aspace *as)
{
    pte_t frame = pte_make(v2p(as->owner->trapframe), PTE_V | PTE_R | PTE_W | PTE_A | PTE_D);
    int error = kvm_map_trampoline(&as->pt);
    return error ? error : map_page(&as->pt, TRAPFRAME, frame);
}

static void
unhook_page(struct aspace *as, uint64 va)
{
    pte_t *slot = walk(&as->pt, va, 0);
    if (slot)
        pt_forget(slot); // the table is in no hart's satp any more
}

// Takes out what trampage_map() mapped, or a part of it, and frees all tables that are left in the
// user's half, which has no leaves any more. The frames stay.
// Fences    none: the table is in no hart's satp.
void
trampage_unmap(struct aspace *as)
{
    unhook_page(as, TRAMPOLINE);
    unhook_page(as, TRAPFRAME);
    freewalk(&as->pt, 0, MAXVA);
}

// SPDX-License-Identifier: MIT
// selflayout.c - wrong address-space layouts, as people have made them: a kernel stack among the
// program's addresses, a guard page above the stack, none, or one that the user can access.
#include "checked/selflayout.h"

#include "explain/explain.h"
#include "explain/layoutcheck.h"
#include "mm/aspace/aspace.h"
#include "mm/frame/frame.h"
#include "mm/kvm/kvm.h"
#include "mm/kvm/layout.h"

#define FAILED 1
#define HERE   0x40000000UL // a free address of the process
#define LEAF   (PTE_V | PTE_R | PTE_W | PTE_A | PTE_D)

// The space of process 1, which runs the tests.
struct aspace *
selftest_space(void)
{
    struct subject s;
    return explain_current(&s) ? s.as : NULL;
}

static bool
add_region(struct aspace *as, uint64 start, uint64 pages, enum region_kind kind)
{
    struct region r = {.start = start, .end = start + pages * PGSIZE, .kind = (uint8)kind};
    return aspace_map(as, &r) == 0;
}

static int
found_nothing(struct aspace *as)
{
    check_layout(as);
    return FAILED;
}

// The kernel stack is moved into the addresses of the program. Returns only if the check finds
// nothing.
int
selftest_overlap(void)
{
    struct aspace *as = selftest_space();
    struct uvm_owner *owner = (struct uvm_owner *)as->owner;
    check_layout(as);
    owner->kstack.top = KSTACK_SLOT;
    return add_region(as, 0, 5, REGION_IMAGE) ? found_nothing(as) : FAILED;
}

// A stack has its guard page above it. Returns only if the check finds nothing.
int
selftest_guard_above(void)
{
    struct aspace *as = selftest_space();
    if (!add_region(as, HERE, 1, REGION_STACK) || !add_region(as, HERE + PGSIZE, 1, REGION_GUARD))
        return FAILED;
    return found_nothing(as);
}

// A stack has no guard page. Returns only if the check finds nothing.
int
selftest_guard_none(void)
{
    struct aspace *as = selftest_space();
    return add_region(as, HERE, 1, REGION_STACK) ? found_nothing(as) : FAILED;
}

// User mode may access the guard page. Returns only if the check finds nothing.
int
selftest_guard_open(void)
{
    struct aspace *as = selftest_space();
    if (!add_region(as, HERE, 1, REGION_GUARD) || uvmguard(as, HERE) < 0)
        return FAILED;
    check_layout(as);
    pte_t *slot = walk(&as->pt, HERE, 0);
    pte_exchange(slot, pte_load(slot) | PTE_U);
    return found_nothing(as);
}

// The hole below the kernel stack is mapped. Returns only if the check finds nothing.
int
selftest_hole_mapped(void)
{
    struct aspace *as = selftest_space();
    struct pt *t = as->kpt.root ? &as->kpt : &kernel_pt;
    void *page = kzalloc(FRAME_KSTACK, as->owner->pid);
    check_layout(as);
    if (!page || map_page(t, as->owner->kstack.top - KSTACK_SLOT, pte_make(v2p(page), LEAF)) < 0)
        return FAILED;
    return found_nothing(as);
}

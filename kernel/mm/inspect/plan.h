// SPDX-License-Identifier: MIT
// plan.h - what addresses are planned for: parts, which must not meet, and the guards of stacks.
//
// Theory    A page that is mapped twice is noticed when the second mapping is made (mappages: remap),
//           which may be long after the mistake. A plan can be checked before anything is mapped.
// Promises  parts-apart: no address has two purposes. guard-below: right below each stack of a
//           process lies its guard page. guard-closed: no stack can grow unnoticed: user mode may not
//           use the guard page, and the hole below a kernel stack is not mapped.
#pragma once

#include "lib/types.h"
#include "mm/aspace/region.h"

struct aspace;

enum part_kind { // a region's part has the kind of the region
    PART_TRAPFRAME = REGION_KINDS,
    PART_TRAMPOLINE,
    PART_KSTACK,
    PART_KSTACK_HOLE,
    PART_KSTACKS, // where kernel stacks are
    PART_DIRECT,
    PART_DEVICES,
    PART_KERNEL, // the image
};

struct part {
    uint64 start, end;
    uint32 kind; // enum part_kind or enum region_kind
};

enum plan_rule { PLAN_MEET, PLAN_GUARD_NONE, PLAN_GUARD_ABOVE, PLAN_GUARD_OPEN, PLAN_HOLE_MAPPED };

// What is wrong, and with what.
struct plan_fault {
    enum plan_rule rule;
    struct part one, two; // start and end 0: there is no second
    int pid;              // 0: the kernel
};

// true: the regions, with the parts around them, break a promise; *f says which.
bool plan_wrong(const struct regions *rs, const struct part *parts, int n, struct plan_fault *f);

void check_kernel_plan(void);       // panics if two parts of the kernel meet
void check_plan(struct aspace *as); // or if anything is wrong with a process's

#ifdef DEBUG
#define plan_dcheck(as) check_plan(as) // after every system call in debug builds
#else
#define plan_dcheck(as) ((void)0)
#endif

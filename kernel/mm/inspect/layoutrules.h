// SPDX-License-Identifier: MIT
// layoutrules.h - address-space layout check: no parts overlap, and each stack has its guard.
//
// Theory    mappages() panics when a page is mapped a second time, which may be long after the
//           mistake. The layout can be checked before anything is mapped.
// Promises  parts-apart: no address has two purposes. guard-below: right below each stack of a
//           process lies its guard page. guard-closed: no stack can grow unnoticed: user mode may
//           not use the guard page, and the hole below a kernel stack is not mapped.
#pragma once

#include "lib/types.h"
#include "mm/aspace/region.h"
#include "mm/kvm/parts.h"

enum layout_rule {
    LAYOUT_OVERLAP,
    LAYOUT_GUARD_NONE,
    LAYOUT_GUARD_ABOVE,
    LAYOUT_GUARD_OPEN,
    LAYOUT_HOLE_MAPPED
};

// The rule that is broken, and the parts that break it.
struct layout_fault {
    enum layout_rule rule;
    struct part one, two; // start and end 0: there is no second
    int pid;              // 0: the kernel
};

// true: the regions, with the parts around them, break a promise; *f says which.
bool layout_wrong(const struct regions *rs, const struct part *parts, int n,
                  struct layout_fault *f);

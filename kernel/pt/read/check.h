// SPDX-License-Identifier: MIT
// check.h - checks that a page table is well-formed.
#pragma once

#include "pt/pt.h"

struct pt_finding {
    const char *invariant; // its name in doc/page-tables.md
    uint64 va;             // the first address the entry stands for
    int level;
    pte_t pte;
};

struct pt_checker {
    void (*report)(void *arg, const struct pt_finding *f);
    // Asks the owner of the frames about an entry's target. Returns NULL, or the invariant that it
    // breaks (table-once, ...). A `frame` of NULL: not asked.
    const char *(*frame)(void *arg, uint64 pa, int level, bool table);
    void *arg;
};

int pt_check(const struct pt *t, uint64 start, uint64 end,
             const struct pt_checker *c); // number of findings

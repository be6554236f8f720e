// SPDX-License-Identifier: MIT
// asid.h - address-space identifiers: with them a TLB keeps the entries of several spaces apart.
#pragma once

#include "lib/types.h"
#include "mm/aspace/aspace.h"
#include "rv/cpu.h"

int asid_set_limit(const char *number) must_check; // the largest ASID to use; -EINVAL: no number
void asid_init_hart(void);                         // each hart, before asid_init()
void asid_init(void);                              // when all harts run, and no process yet
uint64 asid_limit(void);                           // the largest ASID in use; 0: there are none
bool asid_enter(struct aspace *as) must_check;     // see asid.c

// Returns whether this hart may load the space's tables without asid_enter().
static inline bool
asid_ready(const struct aspace *as, const struct cpu *c)
{
    return as->generation == c->generation && (as->harts & c->asid_mask);
}

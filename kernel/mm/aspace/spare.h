// SPDX-License-Identifier: MIT
// spare.h - tables that an address space keeps for its heap.
//
// Theory    The tables that a heap takes depend on its highest break alone, not on shrinks or on
//           whether it grew by pages or by superpages. For each 2 MiB that an eager growth has
//           reached there is a table (two with a mirror): in the tree while pages are mapped
//           there, else here. A shrink leaves emptied tables here, and each new table comes from
//           here first, so splitting a superpage of the heap takes no memory. They are freed when
//           the process ends or runs another program, not when memory is short: they are 1/512 of
//           the heap's largest size.
// Promises  Each table here is blank.
// Locks     as->lock.
#pragma once

#include "lib/types.h"

struct aspace;

void *spare_take(struct aspace *as);                       // NULL: there is none
void spare_keep(struct aspace *as, void *table);           // a blank one that nothing leads to
int spare_reserve(struct aspace *as, uint64 n) must_check; // n more; -ENOMEM: it has some of them
void spare_trim(struct aspace *as, uint64 n);              // frees all but n

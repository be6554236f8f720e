// SPDX-License-Identifier: MIT
// mirror.h - user memory in a process's kernel table, for the designs that have one (kpt-mirror).
//
// Theory    The mirror maps each page that the user's table gives to the process, with the same
//           frame and the same right to write, but not for the user and never executable: the
//           kernel dereferences it without SUM and cannot be made to execute it. Leaves of the
//           mirror hold no references. In the other designs these functions do nothing.
// Locks     as->lock, held by the caller.
#pragma once

#include "lib/types.h"
#include "pt/pt.h"

struct aspace;
struct tlb_batch;

int mirror_reserve(struct aspace *as, uint64 va) must_check; // tables for one page; -ENOMEM
// The mirror's slot of a page that is about to be mapped, for mirror_put(); NULL: there is no
// mirror. -ENOMEM: it has no table for it.
int mirror_slot(struct aspace *as, uint64 va, pte_t **found) must_check;
void mirror_put(pte_t *slot, pte_t pte); // the page's entry is `pte` from now on
void mirror_set(struct aspace *as, uint64 va,
                pte_t pte); // after mirror_reserve(): the new entry of the page, or larger leaf
int mirror_sync(struct aspace *as, uint64 start,
                uint64 end) must_check; // as the user's table; -ENOMEM
// A leaf of 2 MiB becomes single pages, as the user's. -ENOMEM: it has not changed.
int mirror_split(struct aspace *as, uint64 va, struct tlb_batch *b) must_check;
// Before the user's leaves go; `zone` as for unmap_zone(), `keep` as for uvmunmap(). Fences.
void mirror_unmap(struct aspace *as, uint64 start, uint64 end, struct pt_zone zone, bool keep);
void mirror_destroy(struct aspace *as); // mirror_unmap() for all of it
void check_mirror(struct aspace *as);   // panics unless the two views agree

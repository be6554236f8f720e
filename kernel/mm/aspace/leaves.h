// SPDX-License-Identifier: MIT
// leaves.h - many neighbouring leaves of a user table at once: shared by fork, taken out when
// memory is unmapped, and when its process ends.
#pragma once

#include "lib/types.h"
#include "pt/batch.h"

struct aspace;

// How fork treats a region's leaves, and how many pages it has shared.
struct leaves_job {
    pte_t cow;    // PTE_COW in a private region, 0 in a shared one
    uint32 owner; // the pid that a copy is for
    uint64 pages;
};

// For pt_copy_range(), with a struct leaves_job.
int leaves_share(pte_t *from, pte_t *to, uint64 va, int n, int level, void *job);

// For struct tlb_batch_ops, of a struct mmu_batch.
void leaves_gone(struct tlb_batch *t, pte_t *slot, uint64 va, int n);
void leaves_dead(struct tlb_batch *t, pte_t *slot, uint64 va, int n);
void leaves_unmirrored(struct tlb_batch *t, pte_t *slot, uint64 va, int n);

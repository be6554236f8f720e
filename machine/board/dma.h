// SPDX-License-Identifier: MIT
// dma.h - how devices reach RAM and disk images.
//
// Promises  marks: each change announces itself first (mmu/store.h), so that snapshots, decoded
//           instructions, remembered translations and watches see it like a store of a hart.
#pragma once

#include "base/types.h"

struct machine;

// Copies [pa, pa + n) out of RAM. Returns false, with nothing done, unless all of it is RAM.
bool dma_load(const struct machine *m, uint64 pa, void *to, uint64 n);
// Copies into RAM at [pa, pa + n). Returns false, with nothing done, unless all of it is RAM.
bool dma_store(struct machine *m, uint64 pa, const void *from, uint64 n);
// From the disk to RAM, and back. Returns false, with nothing done, unless both ranges exist.
bool dma_from_disk(struct machine *m, unsigned disk, uint64 offset, uint64 pa, uint64 n);
bool dma_to_disk(struct machine *m, unsigned disk, uint64 offset, uint64 pa, uint64 n);

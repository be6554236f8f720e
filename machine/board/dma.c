// SPDX-License-Identifier: MIT
// dma.c - how devices reach RAM and disk images.
//
// Next      mmu/store.h
#include "board/dma.h"

#include "base/mem.h"
#include "machine.h"
#include "mmu/store.h"

bool
dma_load(const struct machine *m, uint64 pa, void *to, uint64 n)
{
    if (!ram_has(&m->ram, pa, n))
        return false;
    mem_copy(to, ram_at(&m->ram, pa), n);
    return true;
}

bool
dma_store(struct machine *m, uint64 pa, const void *from, uint64 n)
{
    if (!ram_has(&m->ram, pa, n))
        return false;
    if (n > 0)
        store_barrier(m, pa, n);
    mem_copy(ram_at(&m->ram, pa), from, n);
    return true;
}

bool
dma_from_disk(struct machine *m, unsigned disk, uint64 offset, uint64 pa, uint64 n)
{
    const struct ram *image = &m->disk[disk];
    return ram_has(image, offset, n) && dma_store(m, pa, ram_at(image, offset), n);
}

bool
dma_to_disk(struct machine *m, unsigned disk, uint64 offset, uint64 pa, uint64 n)
{
    const struct ram *image = &m->disk[disk];
    if (!ram_has(image, offset, n) || !ram_has(&m->ram, pa, n))
        return false;
    if (n > 0)
        disk_barrier(m, disk, offset, n);
    return dma_load(m, pa, ram_at(image, offset), n);
}

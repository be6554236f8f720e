// SPDX-License-Identifier: MIT
// snapshot.c - saves pages before they change.
#include "time/snapshot.h"

#include "machine.h"

void
history_save(struct machine *m, uint64 pa)
{
    *ram_marks(&m->ram, pa) &= (uint8)~RAM_CLEAN;
}

void
history_save_disk(struct machine *m, unsigned disk, uint64 offset)
{
    *ram_marks(&m->disk[disk], offset) &= (uint8)~RAM_CLEAN;
}

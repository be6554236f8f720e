// SPDX-License-Identifier: MIT
// snapshot.h - saves pages before they change, so that an earlier state can be restored.
#pragma once

#include "base/types.h"

struct machine;

// The page of RAM that holds `pa` is RAM_CLEAN and about to change: saves it, clears the mark.
void history_save(struct machine *m, uint64 pa);
// The same for a page of a disk.
void history_save_disk(struct machine *m, unsigned disk, uint64 offset);

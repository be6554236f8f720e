// SPDX-License-Identifier: MIT
// block.h - 2 MiB of user memory, as the leaves of level 1 of several tables refer to it.
//
// Theory    A leaf of level 1 holds a reference to each of its 512 frames. While these are one
//           block of the ledger, the block's one count stands for all of theirs. When somebody
//           treats a part differently the block becomes single frames, and the leaves that others
//           still have there then refer to these. The last one that is left can make it whole.
// Locks     as->lock of the space whose leaf it is, held by the caller; so that leaf is there.
#pragma once

#include "lib/types.h"

struct frame;

void block_init(void);
void block_get(struct frame *f);   // one more leaf refers to it, beside one of the caller's
uint32 block_put(struct frame *f); // a leaf is gone; how many of the frames others refer to
void block_split(struct frame *f); // for the caller, it is single frames from now on
bool block_sole(struct frame *f);  // only the caller's leaf refers to any of it; it is whole then

// SPDX-License-Identifier: MIT
// limbo.h - blocks that were freed, but whose old contents may still be needed: until the
// transaction that freed them is on the disk, nothing else may be put there.
#pragma once

#include "lib/types.h"

struct ext2;
struct frame;

int limbo_setup(struct ext2 *fs) must_check; // once; without it blocks are free at once
void limbo_close(struct ext2 *fs);
int limbo_reserve(struct ext2 *fs, uint32 group,
                  struct frame *bitmap) must_check;        // then, no failure:
bool limbo_add(struct ext2 *fs, uint32 group, uint32 bit); // false: was freed before

// The commit's part, one at a time.
void limbo_turn(struct ext2 *fs);    // what is freed from now on belongs to the next transaction
void limbo_settle(struct ext2 *fs);  // what the last one freed is free in the bitmaps ...
void limbo_restore(struct ext2 *fs); // ... and again it is not
void limbo_forget(struct ext2 *fs);  // ... or remains so

// SPDX-License-Identifier: MIT
// pending.h - pending frees: blocks that an uncommitted transaction has freed.
//
// The old contents of such a block may be needed after a power cut. So the block stays in use until
// the transaction is on the disk.
#pragma once

#include "lib/types.h"

struct ext2;
struct frame;
struct journal_fs;

int pending_setup(struct ext2 *fs) must_check; // once; before it, a block is free at once
void pending_close(struct ext2 *fs);
// Makes room for frees of the group. -ENOMEM; after a success pending_add() cannot fail.
int pending_reserve(struct ext2 *fs, uint32 group, struct frame *bitmap) must_check;
bool pending_add(struct ext2 *fs, uint32 group, uint32 bit); // false: the block was free already

// The steps of a commit: fs/journal/journal.h, frees_take and so on.
void pending_take(struct journal_fs *j);
void pending_mark(struct journal_fs *j, bool free);
void pending_end(struct journal_fs *j);

// SPDX-License-Identifier: MIT
// dirent.h - the entries inside a directory's blocks.
#pragma once

#include "fs/ext2/inode.h"

#define DIRENT_MIN       12                              // the shortest entry
#define DIRENT_SIZE(len) ((8U + (uint8)(len) + 3) & ~3U) // of an entry with a name of that length
#define DIR_BLOCKS       (1U << 19)                      // a directory ends at 2 GiB

struct ext2_dirent *dirent_at(struct inode *dp, struct frame *f, uint32 off); // NULL: damage

// SPDX-License-Identifier: MIT
// orphanlist.h - the orphan list on the disk: unlinked or truncated inodes that are not freed yet.
#pragma once

#include "lib/types.h"

struct ext2;
struct inode;

// The caller of the first two stores the inode.
void orphanlist_add(struct inode *ip);
int orphanlist_remove(struct inode *ip) must_check; // -EIO, -ENOMEM: it is still on the list
void orphanlist_forget(struct inode *ip);           // in memory; it stays on the disk's list
void orphanlist_reclaim(struct ext2 *fs);           // after the mount: frees the inodes on the list

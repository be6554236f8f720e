// SPDX-License-Identifier: MIT
// chain.h - the disk's list of inodes that are not freed yet: whoever mounts it after a cut goes
// on from there.
#pragma once

#include "lib/types.h"

struct ext2;
struct inode;

void chain_add(struct inode *ip);              // the caller stores the inode
int chain_remove(struct inode *ip) must_check; // the same; -EIO, -ENOMEM: it is still there
void chain_forget(struct inode *ip);           // it stays on the disk's list, but not on ours
void chain_reclaim(struct ext2 *fs);           // after the mount: frees what is on the list

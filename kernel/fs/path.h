// SPDX-License-Identifier: MIT
// path.h - paths to directories and names.
#pragma once

#include "fs/dcache.h"
#include "fs/inode.h"

// The directory that the path's last component stands in, unlocked, and that component. "." and
// "/" have none: -EINVAL. A path that ends in slashes names the same as without.
int path_parent(struct inode *cwd, const char *path, struct inode **dp, struct name *n) must_check;

int path_walk(struct inode *dp, const struct name *n,
              struct inode **out) must_check; // takes the lock
bool name_is_dots(const struct name *n);      // "." or ".."
// The inode that an entry of the locked directory names, with a reference.
int path_step(struct inode *dp, const struct name *n, struct inode **out) must_check;

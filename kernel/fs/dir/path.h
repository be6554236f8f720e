// SPDX-License-Identifier: MIT
// path.h - paths to directories and names.
#pragma once

#include "fs/ext2/dcache.h"
#include "fs/ext2/inode.h"

// The directory that the path's last component stands in, unlocked, and that component. "/" has
// none: -EINVAL. Slashes at the end are left out.
int path_parent(struct inode *cwd, const char *path, struct inode **dp, struct name *n) must_check;
// The same for what a symbolic link at the end leads to, whether or not that exists.
int path_target(struct inode *cwd, const char *path, struct inode **dp, struct name *n) must_check;
bool path_wants_dir(const char *path); // it ends in a slash

int path_walk(struct inode *dp, const struct name *n,
              struct inode **out) must_check; // takes the lock
bool name_is_dots(const struct name *n);      // "." or ".."
// The inode that an entry of the locked directory names, with a reference.
int path_step(struct inode *dp, const struct name *n, struct inode **out) must_check;

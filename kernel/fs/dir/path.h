// SPDX-License-Identifier: MIT
// path.h - paths to directories and names.
#pragma once

#include "fs/ext2/dcache.h"
#include "fs/ext2/inode.h"

// Finds the directory that holds the path's last component, unlocked, and that component. "/" has
// none: -EINVAL. Slashes at the end are ignored.
int path_parent(struct inode *cwd, const char *path, struct inode **dp, struct name *n) must_check;
// As path_parent(), but follows a symbolic link at the end, whose target need not exist.
int path_target(struct inode *cwd, const char *path, struct inode **dp, struct name *n) must_check;
bool path_wants_dir(const char *path); // it ends in a slash

int path_walk(struct inode *dp, const struct name *n,
              struct inode **out) must_check; // takes the lock
bool name_is_dots(const struct name *n);      // "." or ".."
// Finds the inode of an entry of the locked directory, with a reference.
int path_step(struct inode *dp, const struct name *n, struct inode **out) must_check;

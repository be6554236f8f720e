// SPDX-License-Identifier: MIT
// symlink.h - the targets of symbolic links.
#pragma once

#include "lib/types.h"

struct inode;

int symlink_read(struct inode *ip, char *buf,
                 size_t size) must_check; // the target, ended by a NUL; -ENAMETOOLONG
int symlink_fill(struct inode *ip, const char *target) must_check; // for a new one

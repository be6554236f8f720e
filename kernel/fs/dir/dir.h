// SPDX-License-Identifier: MIT
// dir.h - directories: names to inode numbers.
#pragma once

#include "fs/ext2/dcache.h"
#include "fs/ext2/inode.h"
#include "mm/copy/iobuf.h"

// The place of a name.
struct dir_place {
    struct frame *f; // its page, with a reference
    uint32 block;
    uint32 off; // in the block
};

extern const struct name dir_dotdot;

// The caller of all but dir_read() holds the directory's lock.
int dir_lookup(struct inode *dp, const struct name *n, uint32 *inum) must_check; // -ENOENT
int dir_add(struct inode *dp, const struct name *n, const struct inode *ip) must_check;
int dir_find(struct inode *dp, const struct name *n,
             struct dir_place *p) must_check; // then these cannot fail:
void dir_erase(struct inode *dp, struct dir_place *p, const struct name *n, struct frame *pin);
void dir_set(struct inode *dp, struct dir_place *p, const struct name *n, const struct inode *ip,
             struct frame *pin);
int dir_empty(struct inode *dp) must_check;                                      // 0, -ENOTEMPTY
int dir_new_block(struct inode *dp, struct frame **f, uint32 *block) must_check; // at the end
int dir_format(struct inode *ip, struct inode *parent) must_check; // first block of a new one

int64 dir_read(struct inode *dp, struct iobuf dst, uint64 off,
               size_t n) must_check; // struct dirent

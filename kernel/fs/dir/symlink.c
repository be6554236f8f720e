// SPDX-License-Identifier: MIT
// symlink.c - the targets of symbolic links.
//
// Theory    A short target is stored in the inode, in place of block numbers; a longer one in a
//           block.
// Locks     a link's target never changes: none.
#include "fs/dir/symlink.h"

#include "abi/errno.h"
#include "fs/dir/dir.h"
#include "fs/ext2/super.h"
#include "lib/string.h"

#define FAST (sizeof(((struct inode *)0)->block) - 1) // bytes of the longest short target

// Copies the target of the link to `buf`, of `size` bytes, with a NUL behind it.
// On error  -ENAMETOOLONG, -EIO, -ENOMEM, -EUCLEAN.
// Sleeps    for a long target.
int
symlink_read(struct inode *ip, char *buf, size_t size)
{
    struct frame *f;
    uint64 len = ip->size;
    if (len >= size)
        return -ENAMETOOLONG;
    if (ip->sectors <= (ip->acl ? BLKSIZE / 512 : 0U)) {
        if (len > sizeof ip->block)
            return ext2_damage(ip->fs, "symbolic link %u has no target", ip->inum);
        memcpy(buf, ip->block, len);
    } else {
        int error = cache_get(&ip->pages, 0, &f);
        if (error)
            return error;
        memcpy(buf, page_data(f), len);
        frame_put(f);
    }
    buf[len] = 0;
    return 0;
}

static int
fill_block(struct inode *ip, const char *target, size_t len)
{
    struct frame *f;
    uint32 block;
    int error = dir_new_block(ip, &f, &block);
    if (error)
        return error;
    memcpy(page_data(f), target, len);
    __atomic_store_n(&ip->size, len, __ATOMIC_RELEASE); // before write-back sees the page
    cache_written(&ip->pages, f, block);
    frame_put(f);
    return 0;
}

// Stores the target of a new link, to which there is no other reference. The caller stores the
// inode.
// On error  -ENOSPC, -EIO, -ENOMEM: it has none.
int
symlink_fill(struct inode *ip, const char *target)
{
    size_t len = strlen(target);
    if (len > FAST)
        return fill_block(ip, target, len);
    memcpy(ip->block, target, len);
    ip->size = len;
    return 0;
}

// SPDX-License-Identifier: MIT
// chain.c - see chain.h.
//
// Theory    The superblock names the first of these inodes, each names the next where a deleted
//           one has the time of its deletion. An inode is on the list from the operation that
//           removes its last name, or that cuts it without freeing all blocks, to the one that
//           frees the rest. e2fsck knows the list.
// Promises  Without a journal there is no list: nothing would keep it in step with the rest.
// Locks     orphans_lock. The inode that is added or removed is its caller's.
#include "fs/ext2/chain.h"

#include "abi/errno.h"
#include "fs/ext2/inode.h"
#include "fs/ext2/super.h"
#include "fs/fs.h"
#include "lib/printf.h"

// The inode will have to be freed, or cut, after a cut of the power.
// Locks     takes orphans_lock. Sleeps.
void
chain_add(struct inode *ip)
{
    struct ext2 *fs = ip->fs;
    if (!fs->journalled || ip->chained)
        return;
    acquiresleep(&fs->orphans_lock);
    ip->chained = true;
    ip->dtime = ext2_super(fs)->last_orphan;
    ext2_super(fs)->last_orphan = ip->inum;
    cache_dirty(&fs->meta, fs->super);
    list_push_front(&fs->chain, &ip->chain);
    releasesleep(&fs->orphans_lock);
}

// Lets what stands before the inode name what stands behind it.
static int
bypass(struct inode *ip)
{
    struct ext2 *fs = ip->fs;
    struct frame *pin;
    if (ip->chain.prev == &fs->chain) {
        ext2_super(fs)->last_orphan = ip->dtime;
        cache_dirty(&fs->meta, fs->super);
        return 0;
    }
    struct inode *before = list_entry(ip->chain.prev, struct inode, chain);
    int error = inode_pin(before, &pin);
    if (error)
        return error;
    before->dtime = ip->dtime;
    inode_store(before, pin);
    return 0;
}

// Locks     takes orphans_lock. Sleeps.
int
chain_remove(struct inode *ip)
{
    if (!ip->chained)
        return 0;
    acquiresleep(&ip->fs->orphans_lock);
    int error = bypass(ip);
    if (!error) {
        list_remove(&ip->chain);
        ip->chained = false;
        ip->dtime = 0;
    }
    releasesleep(&ip->fs->orphans_lock);
    return error;
}

void
chain_forget(struct inode *ip)
{
    if (!ip->chained)
        return;
    acquiresleep(&ip->fs->orphans_lock);
    list_remove(&ip->chain);
    ip->chained = false;
    releasesleep(&ip->fs->orphans_lock);
}

// Brings the inodes of the list into memory, each with a reference and waiting to be freed.
static int
read_chain(struct ext2 *fs)
{
    uint32 inum = ext2_super(fs)->last_orphan;
    while (inum) {
        struct inode *ip;
        if (inum < fs->first_ino || inum > fs->inodes)
            return ext2_damage(fs, "the list of orphaned inodes names inode %u", inum);
        int error = iget_special(fs, inum, &ip);
        if (error)
            return error;
        if (ip->chained) {
            iput(ip);
            return ext2_damage(fs, "inode %u is on the list of orphans twice", inum);
        }
        printf("ireclaim: orphaned inode %u\n", inum);
        ip->chained = true;
        list_push_back(&fs->chain, &ip->chain);
        inum = ip->dtime;
        orphan_add(ip, true);
    }
    return 0;
}

// Frees the inodes that were open without a name when the disk was last used. Sleeps
void
chain_reclaim(struct ext2 *fs)
{
    if (!fs->journalled || !ext2_super(fs)->last_orphan)
        return;
    begin_op();
    int error = read_chain(fs);
    if (error)
        printf("ext2: %s: its orphaned inodes cannot all be freed (error %d)\n", fs->dev->name,
               -error);
    end_op(); // goes on with those that wait
}

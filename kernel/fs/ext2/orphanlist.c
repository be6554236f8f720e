// SPDX-License-Identifier: MIT
// orphanlist.c - the orphan list on the disk: unlinked or truncated inodes that are not freed yet.
//
// Theory    The superblock names the first inode of the list; each inode names the next one in the
//           field for the time of deletion. An inode is on the list from the operation that removes
//           its last link, or truncates it without freeing all blocks, to the operation that frees
//           the rest. After a power cut the next mount frees the inodes of the list; e2fsck does so
//           too.
// Promises  Without a journal there is no list, since nothing would keep it consistent.
// Locks     orphans_lock. The caller owns the inode that it adds or removes.
#include "fs/ext2/orphanlist.h"

#include "fs/ext2/inode.h"
#include "fs/ext2/super.h"
#include "fs/fs.h"
#include "lib/printf.h"

// Puts the inode on the list, if it is not there. The caller stores the inode.
// Locks     takes orphans_lock. Sleeps
void
orphanlist_add(struct inode *ip)
{
    struct ext2 *fs = ip->fs;
    if (!fs->journalled || ip->listed)
        return;
    acquiresleep(&fs->orphans_lock);
    ip->listed = true;
    ip->dtime = ext2_super(fs)->last_orphan;
    ext2_super(fs)->last_orphan = ip->inum;
    cache_dirty(&fs->meta, fs->super);
    list_push_front(&fs->orphan_list, &ip->list_link);
    releasesleep(&fs->orphans_lock);
}

// Links the inode (or the superblock) before this one on the list to the one after it.
// On error  -EIO, -ENOMEM: the list is as it was.
static int
bypass(struct inode *ip)
{
    struct ext2 *fs = ip->fs;
    struct frame *pin;
    if (ip->list_link.prev == &fs->orphan_list) {
        ext2_super(fs)->last_orphan = ip->dtime;
        cache_dirty(&fs->meta, fs->super);
        return 0;
    }
    struct inode *before = list_entry(ip->list_link.prev, struct inode, list_link);
    int error = inode_pin(before, &pin);
    if (error)
        return error;
    before->dtime = ip->dtime;
    inode_store(before, pin);
    return 0;
}

// Takes the inode off the list, if it is there. The caller stores the inode.
// On error  -EIO, -ENOMEM: it is still on the list.
// Locks     takes orphans_lock. Sleeps
int
orphanlist_remove(struct inode *ip)
{
    if (!ip->listed)
        return 0;
    acquiresleep(&ip->fs->orphans_lock);
    int error = bypass(ip);
    if (!error) {
        list_remove(&ip->list_link);
        ip->listed = false;
        ip->dtime = 0;
    }
    releasesleep(&ip->fs->orphans_lock);
    return error;
}

// Forgets in memory that the inode is on the list; on the disk it stays there.
// Locks     takes orphans_lock. Sleeps
void
orphanlist_forget(struct inode *ip)
{
    if (!ip->listed)
        return;
    acquiresleep(&ip->fs->orphans_lock);
    list_remove(&ip->list_link);
    ip->listed = false;
    releasesleep(&ip->fs->orphans_lock);
}

// Reads the list after a mount. Each inode gets a reference and waits to be freed.
// On error  -EIO, -ENOMEM, -EUCLEAN: the inodes before the error wait.
static int
read_list(struct ext2 *fs)
{
    uint32 inum = ext2_super(fs)->last_orphan;
    while (inum) {
        struct inode *ip;
        if (inum < fs->first_ino || inum > fs->inodes)
            return ext2_damage(fs, "the list of orphaned inodes names inode %u", inum);
        int error = iget_special(fs, inum, &ip);
        if (error)
            return error;
        if (ip->listed) {
            iput(ip);
            return ext2_damage(fs, "inode %u is on the list of orphans twice", inum);
        }
        printf("ireclaim: orphaned inode %u\n", inum);
        ip->listed = true;
        list_push_back(&fs->orphan_list, &ip->list_link);
        inum = ip->dtime;
        orphan_add(ip, true);
    }
    return 0;
}

// Frees the inodes that are on the list when the file system is mounted.
// Sleeps
void
orphanlist_reclaim(struct ext2 *fs)
{
    if (!fs->journalled || !ext2_super(fs)->last_orphan)
        return;
    begin_op();
    int error = read_list(fs);
    if (error)
        printf("ext2: %s: its orphaned inodes cannot all be freed (error %d)\n", fs->dev->name,
               -error);
    end_op(); // frees the inodes that wait
}

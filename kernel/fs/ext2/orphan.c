// SPDX-License-Identifier: MIT
// orphan.c - free the blocks of truncated and unlinked files, at once or when memory is available.
//
// Theory    To free a block its bitmap must be in memory, and to find it, the blocks of pointers.
//           Without memory for that, truncate or unlink succeeds all the same; the inode waits
//           here, with a reference, and each fs_sync() tries again.
// Locks     orphans_lock guards the list; ilock and ip->map_lock are taken after it is dropped.
#include "abi/errno.h"
#include "abi/stat.h"
#include "fs/ext2/alloc.h"
#include "fs/ext2/bmap.h"
#include "fs/ext2/orphanlist.h"
#include "fs/ext2/inode.h"
#include "fs/ext2/super.h"
#include "fs/fs.h"
#include "fs/journal/journal.h"

// Returns whether the inode has block numbers. Device nodes and short symbolic links have other
// data in their place.
static bool
has_blocks(const struct inode *ip)
{
    uint32 own = ip->acl ? BLKSIZE / 512 : 0;
    return ip->type == T_FILE || ip->type == T_DIR || (ip->type == T_SYMLINK && ip->sectors > own);
}

// Frees the blocks beyond the size. The pages there have left the cache.
// On error  -EIO, -ENOMEM, -EUCLEAN: some blocks beyond the size are left.
// Locks     the inode is locked, or there is no other reference to it. Sleeps
int
inode_trim(struct inode *ip)
{
    if (!has_blocks(ip))
        return 0;
    acquiresleep(&ip->map_lock);
    int error = bmap_truncate(ip, inode_pages_count(ip));
    releasesleep(&ip->map_lock);
    return error;
}

// Frees the block of extended attributes that Linux has made, or drops one reference to it.
static int
free_attributes(struct inode *ip)
{
    struct ext2 *fs = ip->fs;
    struct group_bits bits = {0};
    struct frame *f;
    if (!ip->acl)
        return 0;
    if (!ext2_block_ok(fs, ip->acl))
        return ext2_damage(fs, "inode %u has its attributes in block %u", ip->inum, ip->acl);
    int error = cache_get(&fs->meta, ip->acl, &f);
    if (error)
        return error;
    uint32 *head = page_data(f); // magic, references
    if (head[0] != EXT2_EA_MAGIC || head[1] == 0) {
        error =
            ext2_damage(fs, "block %u does not hold the attributes of inode %u", ip->acl, ip->inum);
    } else if (head[1] > 1) {
        head[1]--;
        cache_dirty(&fs->meta, f);
    } else {
        error = bits_open(&bits, fs, ip->acl);
        if (!error) {
            cache_forget(&fs->meta, ip->acl);
            error = bits_free(&bits, fs, ip->acl);
        }
        bits_close(&bits, fs);
    }
    frame_put(f);
    if (!error) {
        ip->acl = 0;
        ip->sectors -= ip->sectors >= BLKSIZE / 512 ? BLKSIZE / 512 : ip->sectors;
    }
    return error;
}

// Frees the blocks of an unlinked inode and marks its copy on the disk deleted; its number stays
// in use.
// On error  -ENOMEM, -EIO, -EUCLEAN: some blocks are freed; calling it again continues.
// Locks     there is no other reference to it. Sleeps
int
inode_discard(struct inode *ip)
{
    struct frame *pin;
    int error = inode_pin(ip, &pin);
    if (error)
        return error;
    if (has_blocks(ip)) {
        journal_order(&ip->pages);
        __atomic_store_n(&ip->size, 0, __ATOMIC_RELEASE); // write-back may be looking a page up
        cache_truncate(&ip->pages, 0);
        error = inode_trim(ip);
    }
    if (!error)
        error = free_attributes(ip);
    if (!error)
        error = orphanlist_remove(ip);
    if (error)
        orphanlist_add(ip);
    else
        ip->dtime = ext2_now(ip->fs);
    inode_store(ip, pin);
    return error;
}

// Lets the inode wait for memory or for another operation; takes over a reference.
void
orphan_add(struct inode *ip, bool soon)
{
    struct ext2 *fs = ip->fs;
    if (soon)
        __atomic_store_n(&fs->more, 1, __ATOMIC_RELAXED); // read at the end of each operation
    acquiresleep(&fs->orphans_lock);
    bool already = ip->orphan;
    ip->orphan = true;
    if (!already)
        list_push_back(&fs->orphans, &ip->orphans);
    releasesleep(&fs->orphans_lock);
    if (already)
        iput(ip); // the list's own reference remains
}

static struct inode *
take_orphan(struct ext2 *fs)
{
    acquiresleep(&fs->orphans_lock);
    struct list *node = list_pop_front(&fs->orphans);
    struct inode *ip = node ? list_entry(node, struct inode, orphans) : NULL;
    if (ip)
        ip->orphan = false;
    releasesleep(&fs->orphans_lock);
    return ip;
}

// Drops all waiting inodes at unmount: nothing more is freed on the disk.
void
orphans_forget(struct ext2 *fs)
{
    struct inode *ip;
    while ((ip = take_orphan(fs)))
        iput(ip);
}

static int
retry(struct inode *ip)
{
    struct frame *pin;
    if (ip->nlink == 0)
        return 0; // iput() frees the inode itself
    int error = inode_pin(ip, &pin);
    if (error)
        return error;
    ilock(ip);
    error = inode_trim(ip);
    if (!error)
        error = orphanlist_remove(ip);
    inode_store(ip, pin);
    iunlock(ip);
    return error;
}

// Tries again to free each waiting inode once; some may have to wait again.
// Locks     none is held. Sleeps.
void
orphans_retry(struct ext2 *fs)
{
    struct inode *last = NULL;
    acquiresleep(&fs->orphans_lock);
    if (!list_empty(&fs->orphans))
        last = list_entry(fs->orphans.prev, struct inode, orphans);
    releasesleep(&fs->orphans_lock);
    for (struct inode *ip = NULL; last && ip != last;) {
        ip = take_orphan(fs);
        if (!ip)
            return;
        int error = retry(ip);
        if (error && ext2_writable(fs))
            orphan_add(ip, error == -EAGAIN);
        else
            iput(ip);
    }
}

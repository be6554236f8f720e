// SPDX-License-Identifier: MIT
// idisk.c - an inode's copy on the disk.
//
// Promises  inode_load() checks the inode: a known type, at least one link, a size that its type
//           can have and its blocks can hold. inode_store() keeps unknown fields, and cannot fail:
//           its page is pinned before the change begins.
// Locks     the inode is locked, or there is no other reference yet; exceptions: inode_store().
#include "abi/stat.h"
#include "fs/ext2/bmap.h"
#include "fs/ext2/super.h"
#include "fs/fs.h"
#include "lib/string.h"

// Returns the byte offset of the inode's copy in its group's table.
static uint64
table_offset(const struct inode *ip)
{
    return (uint64)((ip->inum - 1) % ip->fs->inodes_per_group) * ip->fs->inode_size;
}

static struct ext2_inode *
copy_at(const struct inode *ip, struct frame *pin)
{
    return (struct ext2_inode *)((char *)page_data(pin) + table_offset(ip) % BLKSIZE);
}

// Pins the page of the disk with the inode's copy, so that storing it cannot fail.
// On error  -EIO, -ENOMEM.
// Sleeps    if it is not in memory.
int
inode_pin(struct inode *ip, struct frame **out)
{
    uint32 table = ext2_group(ip->fs, (ip->inum - 1) / ip->fs->inodes_per_group)->inode_table;
    return cache_get(&ip->fs->meta, table + table_offset(ip) / BLKSIZE, out);
}

// Pins the pages of two inodes, both or none.
int
inode_pins(struct inode *a, struct frame **pa, struct inode *b, struct frame **pb)
{
    int error = inode_pin(a, pa);
    if (error)
        return error;
    error = inode_pin(b, pb);
    if (error)
        frame_put(*pa);
    return error;
}

// Returns the type T_... of an inode with that mode. Pipes and sockets, made by Linux, are shown as
// devices that do not exist.
int
inode_type_of(uint16 mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return T_FILE;
    case S_IFDIR:
        return T_DIR;
    case S_IFLNK:
        return T_SYMLINK;
    default:
        return T_DEVICE;
    }
}

static void
copy_in(struct inode *ip, const struct ext2_inode *di)
{
    ip->mode = di->mode;
    ip->type = (uint8)inode_type_of(di->mode);
    ip->nlink = di->links_count;
    ip->size = di->size;
    if (ip->type == T_FILE)
        ip->size |= (uint64)di->size_high << 32;
    ip->mtime = di->mtime;
    ip->dtime = di->dtime;
    ip->sectors = di->blocks;
    ip->flags = di->flags;
    ip->acl = di->file_acl;
    ip->generation = di->generation;
    memcpy(ip->block, di->block, sizeof ip->block);
}

// Returns the error in the inode, as text; NULL: none.
static const char *
fault(const struct inode *ip, bool special)
{
    if ((ip->nlink == 0 && !special) || ip->mode == 0)
        return "is free, but has a name";
    if (ip->flags & (EXT2_EXTENTS_FL | EXT2_INLINE_FL))
        return "uses a feature that the file system does not declare";
    if (ip->size > BMAP_PAGES * BLKSIZE)
        return "is larger than a file can be";
    if (ip->sectors / (BLKSIZE / 512) > ip->fs->blocks)
        return "claims more blocks than there are";
    if (ip->type == T_SYMLINK && (ip->size == 0 || ip->size >= BLKSIZE))
        return "is a symbolic link of impossible length";
    if (ip->type == T_DIR && (ip->size == 0 || ip->size % BLKSIZE || ip->size / 512 > ip->sectors))
        return "is a directory of impossible size";
    return NULL;
}

// Reads the inode's copy on the disk, and checks it.
// On error  -EUCLEAN: the copy is invalid, or valid only for a `special` inode; -EIO, -ENOMEM.
// Sleeps
int
inode_load(struct inode *ip, bool special)
{
    struct ext2 *fs = ip->fs;
    if (ip->inum == 0 || ip->inum > fs->inodes ||
        (ip->inum < fs->first_ino && ip->inum != EXT2_ROOT && !special))
        return ext2_damage(fs, "inode %u: no file can have this number", ip->inum);
    struct frame *f;
    int error = inode_pin(ip, &f);
    if (error)
        return error;
    copy_in(ip, copy_at(ip, f));
    ip->pages.journalled = ext2_journals(fs, ip->type);
    frame_put(f);
    const char *what = fault(ip, special);
    return what ? ext2_damage(fs, "inode %u %s", ip->inum, what) : 0;
}

static void
copy_out(const struct inode *ip, struct ext2_inode *di)
{
    di->mode = ip->mode;
    di->links_count = ip->nlink;
    di->size = (uint32)ip->size;
    if (ip->type == T_FILE)
        di->size_high = (uint32)(ip->size >> 32);
    di->mtime = di->ctime = ip->mtime;
    if (!di->atime)
        di->atime = ip->mtime; // set at creation; reading does not change it
    di->dtime = ip->dtime;
    di->blocks = ip->sectors;
    di->flags = ip->flags;
    di->file_acl = ip->acl;
    memcpy(di->block, ip->block, sizeof ip->block);
}

// Writes the inode to its copy in the cache and releases the pin.
void
inode_store(struct inode *ip, struct frame *pin)
{
    struct ext2 *fs = ip->fs;
    // Write-back, which gives a hole a block, and a removal from the orphan list store inodes
    // without their lock. The last one of them stores the changes of all.
    acquire(&ip->pages.lock);
    copy_out(ip, copy_at(ip, pin));
    release(&ip->pages.lock);
    if (unlikely(inode_size(ip) >> 31)) // another hart may be truncating it, and stores it after us
        ext2_super(fs)->feature_ro_compat |= RO_LARGE_FILE;
    cache_dirty(&fs->meta, pin);
    frame_put(pin);
}

// Clears a new inode's copy: the last owner's data in fields that we do not write.
void
inode_wipe(struct inode *ip, struct frame *pin)
{
    memset(copy_at(ip, pin), 0, ip->fs->inode_size);
}

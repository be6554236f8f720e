// SPDX-License-Identifier: MIT
// link.c - create, link and unlink.
//
// Theory    Create adds the directory entry last; unlink removes it first. If a step fails, the new
//           inode has no links yet, and iput() frees it.
// Promises  A call that fails leaves directories, link counts and free counts as they were.
// Locks     a directory, then the inode of one of its entries; never the parent of a locked inode.
// Next      fs/dir/rename.c
#include "abi/errno.h"
#include "abi/stat.h"
#include "fs/dir/dir.h"
#include "fs/dir/path.h"
#include "fs/dir/symlink.h"
#include "fs/ext2/alloc.h"
#include "fs/ext2/orphanlist.h"
#include "fs/ext2/dcache.h"
#include "fs/ext2/super.h"
#include "fs/fs.h"
#include "lib/string.h"

// Sets the number of links.
// On error  -EIO, -ENOMEM: as it was.
// Locks     the inode is locked.
static int
set_links(struct inode *ip, int change)
{
    struct frame *pin;
    if (change > 0 && ip->nlink >= EXT2_LINK_MAX)
        return -EMLINK;
    if (change < 0 && ip->nlink == 0)
        return ext2_damage(ip->fs, "inode %u has more names than links", ip->inum);
    int error = inode_pin(ip, &pin);
    if (error)
        return error;
    ip->nlink = (uint16)(ip->nlink + change);
    ip->mtime = ext2_now(ip->fs);
    inode_store(ip, pin);
    return 0;
}

// The inode to be made.
struct new_inode {
    int type, major, minor;
    const char *target; // of a symbolic link
};

static uint16
mode_of(int type)
{
    return type == T_DIR       ? S_IFDIR | 0755
           : type == T_DEVICE  ? S_IFCHR | 0666
           : type == T_SYMLINK ? S_IFLNK | 0777
                               : S_IFREG | 0644;
}

// Prepares the contents of a new inode, to which there is no other reference, and its copy on the
// disk.
static int
furnish(struct inode *ip, struct inode *dp, const struct new_inode *want)
{
    struct frame *pin;
    int error = inode_pin(ip, &pin);
    if (error)
        return error;
    inode_wipe(ip, pin);
    if (ip->type == T_DEVICE)
        ip->block[0] = (uint32)((want->major & 0xff) << 8 | (want->minor & 0xff));
    if (ip->type == T_DIR)
        error = dir_format(ip, dp);
    if (ip->type == T_SYMLINK)
        error = symlink_fill(ip, want->target);
    ip->mtime = ext2_now(ip->fs);
    inode_store(ip, pin);
    return error;
}

// Allocates and prepares an inode without links.
// On error  it is freed.
static int
make(struct inode *dp, const struct new_inode *want, struct inode **out)
{
    int type = want->type;
    struct ext2 *fs = dp->fs;
    struct frame *bitmap;
    uint32 inum;
    int error = ialloc(fs, dp->inum, type == T_DIR, &inum);
    if (error)
        return error;
    error = ialloc_bitmap(fs, inum, &bitmap); // just read by ialloc(); held for undoing
    if (error)
        return error;
    error = inode_new(fs, inum, mode_of(type), out);
    if (error) {
        ialloc_clear(fs, inum, bitmap, type == T_DIR);
    } else {
        error = furnish(*out, dp, want);
        if (error)
            iput(*out);
    }
    frame_put(bitmap);
    return error;
}

// Gives the new inode its name.
// On error  the directory and the inode are as they were.
static int
attach(struct inode *dp, const struct name *n, struct inode *ip)
{
    bool dir = ip->type == T_DIR;
    struct frame *pin;
    int error = inode_pin(ip, &pin);
    if (error)
        return error;
    ip->nlink = dir ? 2 : 1;
    dp->nlink = (uint16)(dp->nlink + dir); // for the new one's ".."
    error = dir_add(dp, n, ip);
    if (error) {
        ip->nlink = 0;
        dp->nlink = (uint16)(dp->nlink - dir);
    }
    inode_store(ip, pin);
    return error;
}

// Checks whether the existing inode of the name may be opened. On error, drops the reference to it:
// -EAGAIN: it is a symbolic link to be followed; -EEXIST, -EISDIR: it excludes a new inode.
static int
take_existing(struct inode *ip, int type)
{
    if (type == T_FILE && (ip->type == T_FILE || ip->type == T_DEVICE))
        return 0;
    int error = type != T_FILE ? -EEXIST : ip->type == T_SYMLINK ? -EAGAIN : -EISDIR;
    iput(ip);
    return error;
}

// fs_create() in the locked directory.
static int
create_in(struct inode *dp, const struct name *n, const struct new_inode *want, struct inode **out)
{
    int type = want->type;
    if (dp->nlink == 0)
        return -ENOENT;
    int error = path_step(dp, n, out);
    if (!error)
        return take_existing(*out, type);
    if (error != -ENOENT)
        return error;
    if (!ext2_writable(dp->fs))
        return -EROFS;
    if (type == T_DIR && dp->nlink >= EXT2_LINK_MAX)
        return -EMLINK;
    error = make(dp, want, out);
    if (error)
        return error;
    error = attach(dp, n, *out);
    if (error)
        iput(*out);
    return error;
}

// fs_create() of one name, in a directory whose reference it drops.
static int
create_at(struct inode *dp, const struct name *n, const struct new_inode *want, struct inode **out)
{
    int error;
    *out = dcache_get(dp->inum, n); // a cached name is used without a lock
    if (*out) {
        error = take_existing(*out, want->type);
    } else {
        ilock(dp);
        error = create_in(dp, n, want, out);
        iunlock(dp);
    }
    iput(dp);
    return error;
}

static int
create(struct inode *cwd, const char *path, const struct new_inode *want, struct inode **out)
{
    struct inode *dp;
    struct name n;
    if (want->type != T_DIR && path_wants_dir(path))
        return want->type == T_FILE ? -EISDIR : -ENOTDIR;
    int error = path_parent(cwd, path, &dp, &n);
    if (error == -EINVAL) // the root directory, which exists
        return want->type == T_FILE ? -EISDIR : -EEXIST;
    return error ? error : create_at(dp, &n, want, out);
}

// Finds the target file of a symbolic link at the end of the path, or creates it.
static int
create_target(struct inode *cwd, const char *path, const struct new_inode *want, struct inode **out)
{
    struct inode *dp;
    struct name n;
    int error = path_target(cwd, path, &dp, &n);
    if (error)
        return error == -EINVAL ? -EISDIR : error;
    error = create_at(dp, &n, want, out);
    return error == -EAGAIN ? -ELOOP : error; // another thread has put a link there
}

// Makes a symbolic link. Its target need not exist.
// On error  -EEXIST, -EINVAL (an empty target), -ENAMETOOLONG ... as fs_create(): nothing changed.
// Locks     none is held; inside begin_op(). Sleeps.
int
fs_symlink(struct inode *cwd, const char *target, const char *path)
{
    struct new_inode want = {.type = T_SYMLINK, .target = target};
    struct inode *ip;
    if (!*target)
        return -EINVAL;
    if (strlen(target) >= MAXPATH)
        return -ENAMETOOLONG;
    int error = create(cwd, path, &want, &ip);
    if (!error)
        iput(ip);
    return error;
}

// Reads the target of the symbolic link that `path` names: up to n bytes.
// On error  -EINVAL: no symbolic link; -ENOENT ... as namei_nofollow(), -EIO, -ENOMEM, -EFAULT.
// Locks     none is held; inside begin_op(). Sleeps.
int64
fs_readlink(struct inode *cwd, const char *path, struct iobuf dst, size_t n)
{
    struct inode *ip;
    int error = namei_nofollow(cwd, path, &ip);
    if (error)
        return error;
    int64 result = ip->type == T_SYMLINK ? readi(ip, dst, 0, n) : -EINVAL;
    iput(ip);
    return result;
}

// Makes a file, directory or device, with a reference to it. For T_FILE, an existing file or device
// is opened; a symbolic link is followed, and its target is created if it does not exist.
// On error  -EEXIST, -EISDIR, -ENOENT, -ENOTDIR, -EINVAL, -EMLINK, -EROFS, -ENOSPC, -EIO, -ENOMEM
//           ...: nothing changed.
// Locks     none is held; inside begin_op(). Sleeps.
int
fs_create(struct inode *cwd, const char *path, int type, int major, int minor, struct inode **out)
{
    struct new_inode want = {.type = type, .major = major, .minor = minor};
    if (type == T_DEVICE && (major < 0 || major > 255 || minor < 0 || minor > 255))
        return -EINVAL;
    int error = create(cwd, path, &want, out);
    return error == -EAGAIN ? create_target(cwd, path, &want, out) : error;
}

static int
link_in(struct inode *dp, const struct name *n, struct inode *ip)
{
    uint32 inum;
    if (dp->nlink == 0)
        return -ENOENT;
    int error = dir_lookup(dp, n, &inum);
    if (error != -ENOENT)
        return error ? error : -EEXIST;
    return dir_add(dp, n, ip);
}

static int
change_links(struct inode *ip, int change)
{
    ilock(ip);
    int error = change > 0 && ip->nlink == 0 ? -ENOENT : set_links(ip, change);
    iunlock(ip);
    return error;
}

// Gives the file `old` another name.
// On error  -EPERM (a directory), -EEXIST, -ENOENT, -EMLINK, -EROFS, -ENOSPC ...: nothing changed.
// Locks     none is held; inside begin_op(). Sleeps.
int
fs_link(struct inode *cwd, const char *old, const char *new)
{
    struct inode *ip, *dp;
    struct name n;
    int error = namei(cwd, old, &ip);
    if (error)
        return error;
    error = ip->type == T_DIR ? -EPERM : ext2_writable(ip->fs) ? 0 : -EROFS;
    if (!error && path_wants_dir(new))
        error = -ENOTDIR;
    if (!error)
        error = path_parent(cwd, new, &dp, &n);
    if (error) {
        iput(ip);
        return error;
    }
    error = change_links(ip, 1); // before the name exists: the count is never too low
    if (!error) {
        ilock(dp);
        error = link_in(dp, &n, ip);
        iunlock(dp);
        if (error)
            (void)change_links(ip, -1); // cannot fail: its page was in memory just now
    }
    iput(dp);
    iput(ip);
    return error;
}

// Removes the name of the locked inode from the locked directory.
static int
unlink_locked(struct inode *dp, const struct name *n, struct inode *ip)
{
    bool dir = ip->type == T_DIR;
    struct frame *pin, *dpin;
    struct dir_place p;
    if (ip->nlink == 0 || (dir && dp->nlink < 3))
        return ext2_damage(ip->fs, "inode %u has more names than links", ip->inum);
    int error = dir ? dir_empty(ip) : 0;
    if (!error)
        error = inode_pins(dp, &dpin, ip, &pin);
    if (error)
        return error;
    error = dir_find(dp, n, &p);
    if (error) {
        frame_put(pin);
        frame_put(dpin);
        return error;
    }
    dp->nlink = (uint16)(dp->nlink - dir);
    dir_erase(dp, &p, n, dpin);
    if (dir)
        dcache_set(ip->inum, &dir_dotdot, 0);
    ip->nlink = dir ? 0 : (uint16)(ip->nlink - 1);
    if (!ip->nlink)
        orphanlist_add(ip);
    inode_store(ip, pin);
    return 0;
}

static int
unlink_in(struct inode *dp, const struct name *n, bool want_dir, struct inode **ip)
{
    int error = path_step(dp, n, ip);
    if (error)
        return error;
    ilock(*ip);
    if (want_dir && (*ip)->type != T_DIR)
        error = -ENOTDIR;
    else
        error = ext2_writable(dp->fs) ? unlink_locked(dp, n, *ip) : -EROFS;
    iunlock(*ip);
    if (error)
        iput(*ip);
    return error;
}

// Removes a name; also that of an empty directory.
// On error  -EINVAL ("." and ".."), -ENOENT, -ENOTDIR ("file/"), -ENOTEMPTY, -EROFS, -EIO, -ENOMEM
//           ...: nothing changed.
// Locks     none is held; inside begin_op(). Sleeps.
int
fs_unlink(struct inode *cwd, const char *path)
{
    struct inode *dp, *ip;
    struct name n;
    int error = path_parent(cwd, path, &dp, &n);
    if (error)
        return error;
    if (name_is_dots(&n)) {
        iput(dp);
        return -EINVAL;
    }
    ilock(dp);
    error = unlink_in(dp, &n, path_wants_dir(path), &ip);
    iunlock(dp);
    iput(dp);
    if (!error)
        iput(ip); // frees it, unless it is open, after the directory is unlocked
    return error;
}

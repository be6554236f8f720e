// SPDX-License-Identifier: MIT
// read.c - read an inode: a file's contents, a directory's records, a symbolic link's target.
#include "abi/errno.h"
#include "fs/dir/dir.h"
#include "fs/dir/symlink.h"
#include "fs/ext2/inode.h"
#include "fs/fs.h"

// Reading a symbolic link gives its target.
static int64
read_target(struct inode *ip, struct iobuf dst, uint64 off, size_t n)
{
    char target[MAXPATH];
    int error = symlink_read(ip, target, sizeof target);
    if (error || off >= ip->size)
        return error;
    if (n > ip->size - off)
        n = ip->size - off;
    error = iobuf_write(dst, 0, target + off, n);
    return error ? error : (int64)n;
}

// Reads up to n bytes at *off, fewer at the end, and moves *off behind them.
// Returns   the number of bytes, if there were any before an error; else -EIO, -ENOMEM, -EFAULT ...
// Locks     none; a directory is locked here. Sleeps
int64
readi_on(struct inode *ip, struct iobuf dst, uint64 *off, size_t n)
{
    if (likely(ip->type == T_FILE))
        return read_data(ip, dst, off, n);
    int64 done = -EINVAL;
    if (ip->type == T_DIR)
        done = dir_read(ip, dst, *off, n);
    else if (ip->type == T_SYMLINK)
        done = read_target(ip, dst, *off, n);
    if (done > 0)
        *off += (uint64)done;
    return done;
}

// Reads up to n bytes at `off`, as readi_on() does.
int64
readi(struct inode *ip, struct iobuf dst, uint64 off, size_t n)
{
    return readi_on(ip, dst, &off, n);
}

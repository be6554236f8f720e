// SPDX-License-Identifier: MIT
// nofs.c - no file system: for tests of open files that are no inodes.
#include "abi/errno.h"
#include "fs/file/devnode.h"
#include "fs/fs.h"
#include "lib/panic.h"

bool
fs_wait_for_room(int64 error, int turn)
{
    (void)error, (void)turn;
    return false;
}

void
begin_op(void)
{
}

void
end_op(void)
{
}

int
namei(struct inode *cwd, const char *path, struct inode **out)
{
    (void)cwd, (void)path, (void)out;
    return -ENOENT;
}

int
namei_nofollow(struct inode *cwd, const char *path, struct inode **out)
{
    return namei(cwd, path, out);
}

int
fs_create(struct inode *cwd, const char *path, int type, int major, int minor, struct inode **out)
{
    (void)cwd, (void)path, (void)type, (void)major, (void)minor, (void)out;
    return -EROFS;
}

void
iput(struct inode *ip)
{
    panic("iput: %p", (void *)ip);
}

int64
readi_on(struct inode *ip, struct iobuf dst, uint64 *off, size_t n)
{
    (void)dst, (void)off, (void)n;
    panic("readi_on: %p", (void *)ip);
}

int64
writei(struct inode *ip, struct iobuf src, uint64 off, size_t n)
{
    (void)src, (void)off, (void)n;
    panic("writei: %p", (void *)ip);
}

int64
appendi(struct inode *ip, struct iobuf src, uint64 *off, size_t n)
{
    (void)src, (void)off, (void)n;
    panic("appendi: %p", (void *)ip);
}

int
itrunc(struct inode *ip, uint64 size)
{
    panic("itrunc: %p %lu", (void *)ip, size);
}

void
stati(struct inode *ip, struct stat *st)
{
    (void)st;
    panic("stati: %p", (void *)ip);
}

int
inode_type(const struct inode *ip)
{
    panic("inode_type: %p", (const void *)ip);
}

int
devnode_attach(struct file *f, struct inode *ip)
{
    panic("devnode_attach: %p %p", (void *)f, (void *)ip);
}

int
devnode_stat(const struct file *f, struct stat *st)
{
    (void)f, (void)st;
    return -EINVAL;
}

// SPDX-License-Identifier: MIT
// fsops.c - file operations by path, each in its brackets: the shorthands of fsworld.h.
#include "fsworld.h"

#include "mm/copy/iobuf.h"

int
w_create(const char *path, int type)
{
    struct inode *root = fs_root(), *ip;
    begin_op();
    int error = fs_create(root, path, type, 1, 2, &ip);
    if (!error)
        iput(ip);
    iput(root);
    end_op();
    return error;
}

int
w_unlink(const char *path)
{
    struct inode *root = fs_root();
    begin_op();
    int error = fs_unlink(root, path);
    iput(root);
    end_op();
    return error;
}

int
w_link(const char *old, const char *new)
{
    struct inode *root = fs_root();
    begin_op();
    int error = fs_link(root, old, new);
    iput(root);
    end_op();
    return error;
}

int
w_rename(const char *old, const char *new)
{
    struct inode *root = fs_root();
    begin_op();
    int error = fs_rename(root, old, new);
    iput(root);
    end_op();
    return error;
}

static int
open_path(const char *path, struct inode **out)
{
    struct inode *root = fs_root();
    begin_op(); // the way may lead through a directory that is being removed
    int error = namei(root, path, out);
    iput(root);
    end_op();
    return error;
}

struct inode *
w_open(const char *path)
{
    struct inode *ip;
    return open_path(path, &ip) ? NULL : ip;
}

void
w_put(struct inode *ip)
{
    begin_op();
    iput(ip);
    end_op();
}

int64
w_write(const char *path, const void *data, uint64 off, size_t n)
{
    struct inode *ip;
    int error = open_path(path, &ip);
    if (error)
        return error;
    begin_op();
    int64 done = writei(ip, iobuf_kernel((void *)(uint64)data), off, n);
    iput(ip);
    end_op();
    return done;
}

int64
w_read(const char *path, void *data, uint64 off, size_t n)
{
    struct inode *ip;
    int error = open_path(path, &ip);
    if (error)
        return error;
    int64 done = readi(ip, iobuf_kernel(data), off, n);
    w_put(ip);
    return done;
}

int
w_trunc(const char *path, uint64 size)
{
    struct inode *ip;
    int error = open_path(path, &ip);
    if (error)
        return error;
    begin_op();
    error = itrunc(ip, size);
    iput(ip);
    end_op();
    return error;
}

int
w_stat(const char *path, struct stat *st)
{
    struct inode *ip;
    int error = open_path(path, &ip);
    if (error)
        return error;
    stati(ip, st);
    w_put(ip);
    return 0;
}

// SPDX-License-Identifier: MIT
// openfile.h - struct file and its functions for each kind of open file: file.c, pipe.c, devnode.c.
// System calls read and write through it.
#pragma once

#include "fs/file/file.h"
#include "mm/copy/iobuf.h"
#include "sync/sleeplock.h"

// The functions of a kind of open file. read and write are only called on a file opened for that;
// both may sleep.
struct file_ops {
    int64 (*read)(struct file *f, struct iobuf dst, size_t n); // up to n bytes; 0: the end; -E
    int64 (*write)(struct file *f, struct iobuf src,
                   size_t n);      // fewer if an error comes after some
    void (*close)(struct file *f); // the last reference is gone; may sleep
};

// Protection: [c] constant once open  [a] atomic  [l] lock, see file_lock_offset()
struct file {
    const struct file_ops *ops; // [c]
    uint32 refs;                // [a]
    bool readable, writable;    // [c]
    bool append;                // [c] writes go to the end
    struct inode *ip;           // [c] NULL: a pipe, or a device without a node
    void *object;               // [c] pipe: struct pipe
    struct sleeplock lock;
    uint64 off;     // [l]
    void *snapshot; // [l] for devnode.c
};

// A new file with one reference, the caller's; NULL: no memory.
struct file *file_alloc(const struct file_ops *ops, bool readable, bool writable);
void file_free(struct file *f); // undoes file_alloc()

bool file_lock_offset(struct file *f); // may sleep; the result is for file_unlock_offset()
void file_unlock_offset(struct file *f, bool locked);

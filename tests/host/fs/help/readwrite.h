// SPDX-License-Identifier: MIT
// readwrite.h - reads and writes an open file as the system calls do.
#pragma once

#include "abi/errno.h"
#include "fs/file/openfile.h"

static inline int64
fileread(struct file *f, struct iobuf dst, size_t n)
{
    return f->readable ? f->ops->read(f, dst, n) : -EBADF;
}

static inline int64
filewrite(struct file *f, struct iobuf src, size_t n)
{
    return f->writable ? f->ops->write(f, src, n) : -EBADF;
}

// SPDX-License-Identifier: MIT
// file.h - open files, to which descriptors refer.
#pragma once

#include "abi/stat.h"
#include "lib/types.h"
#include "mm/copy/iobuf.h"

struct file;
struct inode;

// Devices that nodes refer to by major number. Both return bytes or -E.
struct devsw {
    int64 (*read)(struct file *f, struct iobuf dst, size_t n);
    int64 (*write)(struct file *f, struct iobuf src, size_t n);
};

#define DEV_CONSOLE    1
#define DEV_STATISTICS 2
#define DEV_NULL       3

void file_init(void); // at boot, before the first open
void devsw_register(int major, const struct devsw *ops);

int file_open(struct inode *cwd, const char *path, int flags, struct file **out) must_check;
int pipe_open(struct file **rd, struct file **wr) must_check;
struct file *filedup(struct file *f);
void fileclose(struct file *f); // may sleep
int filestat(struct file *f, struct stat *st) must_check;

// SPDX-License-Identifier: MIT
// file.h - open files, to which descriptors refer.
#pragma once

#include "abi/stat.h"
#include "lib/types.h"

struct file;
struct file_ops;
struct inode;

// Devices that nodes refer to by major number.
#define DEV_CONSOLE    1
#define DEV_STATISTICS 2
#define DEV_NULL       3 // discards writes and reads as empty

void file_init(void);                                       // at boot, before the first open
void devsw_register(int major, const struct file_ops *ops); // they close with device_close()
void device_close(struct file *f);

int file_open(struct inode *cwd, const char *path, int flags, struct file **out) must_check;
int pipe_open(struct file **rd, struct file **wr) must_check;
struct file *filedup(struct file *f);
void fileclose(struct file *f); // may sleep
int filestat(struct file *f, struct stat *st) must_check;

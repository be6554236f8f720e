// SPDX-License-Identifier: MIT
// devnode.h - device nodes, and the text behind the statistics device.
#pragma once

#include "lib/types.h"

struct file;
struct inode;
struct stat;

// For file.c: makes an unpublished file one of the device that the node names. 0 or -ENODEV.
int devnode_attach(struct file *f, struct inode *ip) must_check;
// For file.c: describes a device that was opened without a node; -EINVAL: it is another file.
int devnode_stat(const struct file *f, struct stat *st) must_check;

// Opens the device with that number, which needs no node on the disk; -ENOMEM.
int devnode_open(int major, struct file **out) must_check;

// Writes lines of text and returns their whole length, as snprintf().
typedef int (*statistics_fn)(char *buf, size_t size);

void statistics_set(statistics_fn provider); // at boot

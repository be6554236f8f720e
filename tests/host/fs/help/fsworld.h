// SPDX-License-Identifier: MIT
// fsworld.h - a file system on a memory disk, for host tests: images by mke2fs, verdicts by e2fsck.
//
// A test that includes this links fsworld.c and lists the sources that it names.
#pragma once

#include "abi/errno.h"
#include "abi/stat.h"
#include "abi/sysinfo.h"
#include "dev/disk/blk.h"
#include "fs/fs.h"
#include "mm/frame/frame.h"

extern struct blkdev world_disk;
extern uint8 *world_image;     // the disk's contents
extern bool world_late;        // requests are completed only when a caller waits, in any order
extern long world_fail_at;     // the allocation that fails: 0 the next one, -1 none
extern bool world_fail_on;     // all later ones fail as well
extern uint64 world_bad_block; // reads and writes of this block fail; ~0: none
extern uint64
    world_dead_writes;    // writes that were asked for while the disk was meant to be left alone
extern bool world_sealed; // writing counts as an error from now on

void world_boot(uint64 ram); // frames, kmem, and the file system's own tables
void world_format(uint32 blocks, const char *options, const char *tree); // mke2fs; tree may be NULL
void world_load(const void *image, size_t size); // a disk with these contents
void world_debugfs(const char *commands);        // debugfs -w, one command a line
bool world_clean(void);                          // e2fsck -fn finds nothing; else it is shown
void world_mount(void);                          // must succeed
void world_unmount(void);                        // must succeed; then checks e2fsck and memory
void world_forget(void);                         // the disk is gone; memory must be at rest
const char *world_tree(void);                    // an empty directory of the host, for mke2fs -d
void world_file(const char *path, const void *data, size_t size); // a file below it

// Shorthands from the root, inside begin_op() and end_op().
int w_create(const char *path, int type);
int w_unlink(const char *path);
int w_link(const char *old, const char *new);
int w_rename(const char *old, const char *new);
int64 w_write(const char *path, const void *data, uint64 off, size_t n);
int64 w_read(const char *path, void *data, uint64 off, size_t n);
int w_trunc(const char *path, uint64 size);
int w_stat(const char *path, struct stat *st);
struct inode *w_open(const char *path); // NULL: there is none
void w_put(struct inode *ip);

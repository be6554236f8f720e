// SPDX-License-Identifier: MIT
// fs.h - the interface of the file system: inodes, paths, transactions.
//
// Calls that change the disk are between begin_op() and end_op(). An inode pointer is a reference
// (iget/idup ... iput); its contents are valid while it is locked (ilock ... iunlock).
#pragma once

#include "abi/stat.h"
#include "abi/sysinfo.h"
#include "lib/types.h"
#include "mm/copy/iobuf.h"

struct blkdev;
struct inode;
struct pager;

struct fs_stats {
    uint64 hits, reads, writes; // pages found in memory, read from the disk, written to it
    uint64 pages, dirty;        // in memory now
    uint64 contended;           // spins at the locks of the cache
    uint64 disk_reads, disk_writes, disk_flushes; // requests to the disk
    uint64 disk_blocks;                           // blocks that the writes carried
    uint64 commits, logged,
        placed; // of the journal: transactions, blocks to the log, blocks to their home locations
};

extern bool fs_journals_data; // the contents of files are journalled as well; constant after boot
extern bool fs_durable;       // an operation ends when its changes are on the disk; likewise

void fs_init(void);                                       // once, before the first mount
int fs_mount(struct blkdev *d, bool readonly) must_check; // the root file system; prints errors
int fs_unmount(void);                                     // writes all back, marks it clean; -EIO
int fs_sync(void);                                        // all that is dirty is on the disk; -EIO
bool fs_wait_for_room(int64 error,
                      int turn); // whether to repeat a failed operation; turn 0: the first
int fs_writeback(void);          // as fs_sync(), for periodic calls
int fs_fsync(struct inode *ip) must_check;  // one file, and all earlier changes of metadata
int fs_limit_size(uint64 bytes) must_check; // before the mount: no file grows beyond; -EINVAL
int fs_statfs(struct statfs *st) must_check;
void fs_stats(struct fs_stats *st);
// After an allocation has failed: writes pages, so that they can be reclaimed; false: none gained.
// Sleeps.
bool fs_relieve(void) must_check;
uint64 fs_reclaim(uint64 want); // frees frames for an allocation; returns how many; never sleeps
struct inode *fs_root(void);    // a new reference

void begin_op(void); // may sleep
void end_op(void);   // may sleep

struct inode *idup(struct inode *ip);
// May sleep. The last one of an unlinked file frees it: inside begin_op.
void iput(struct inode *ip);
void ilock(struct inode *ip);
void iunlock(struct inode *ip);

// These lock the inode as needed: the caller must not hold its lock.
int64 readi(struct inode *ip, struct iobuf dst, uint64 off, size_t n) must_check; // bytes or -E
int64 read_data(struct inode *ip, struct iobuf dst, uint64 *off,
                size_t n) must_check; // readi_on() of a regular file
int64 readi_on(struct inode *ip, struct iobuf dst, uint64 *off,
               size_t n) must_check; // readi(), and moves *off behind the bytes
int64 writei(struct inode *ip, struct iobuf src, uint64 off, size_t n) must_check; // bytes or -E
int64 appendi(struct inode *ip, struct iobuf src, uint64 *off,
              size_t n) must_check;                   // bytes or -E
int itrunc(struct inode *ip, uint64 size) must_check; // only shrinks
void stati(struct inode *ip, struct stat *st);
int inode_type(const struct inode *ip); // T_DIR ...; constant while referenced
void inode_rdev(const struct inode *ip, int *major, int *minor);
uint64 inode_size(const struct inode *ip); // may change at once
uint32 inode_number(const struct inode *ip);
struct pager *inode_pager(struct inode *ip); // the pages of a regular file, with its own ref/unref

// Paths start at `cwd` unless they begin with a slash. 0 or -E; results carry a reference. Call
// them inside begin_op(), since a directory on the path may be removed meanwhile.
int namei(struct inode *cwd, const char *path, struct inode **out) must_check;
int namei_nofollow(struct inode *cwd, const char *path,
                   struct inode **out) must_check; // a symbolic link at the end itself
int fs_create(struct inode *cwd, const char *path, int type, int major, int minor,
              struct inode **out) must_check; // T_FILE: an existing file or device is opened
int fs_symlink(struct inode *cwd, const char *target, const char *path) must_check;
int64 fs_readlink(struct inode *cwd, const char *path, struct iobuf dst,
                  size_t n) must_check; // bytes or -E
int fs_link(struct inode *cwd, const char *old, const char *new) must_check;
int fs_unlink(struct inode *cwd, const char *path) must_check;
int fs_rename(struct inode *cwd, const char *old, const char *new) must_check;

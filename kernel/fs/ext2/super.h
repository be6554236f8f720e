// SPDX-License-Identifier: MIT
// super.h - a mounted ext2 file system; internal header of ext2.
#pragma once

#include "abi/errno.h"
#include "fs/cache/cache.h"
#include "fs/ext2/ext2.h"
#include "fs/journal/journal.h"
#include "lib/list.h"
#include "sync/sleeplock.h"
#include "sync/spinlock.h"

// Protection: [c] constant while mounted  [a] alloc  [x] atomic
struct ext2 {
    struct journal_fs journal;                 // [c] the journal's view of it
    struct pcache meta;                        // pages of the disk's own blocks: metadata
    struct blkdev *dev;                        // [c]
    uint32 blocks, inodes, groups;             // [c]
    uint32 blocks_per_group, inodes_per_group; // [c]
    uint32 inode_size, table_blocks;           // [c] bytes; blocks of inodes in a group
    uint32 gdt_blocks, reserved_gdt;           // [c] blocks behind each copy of the superblock
    uint32 first_ino;                          // [c] the first inode that is not reserved
    bool sparse_super, filetype;               // [c]
    bool journalled;                           // [c] changes go through the journal
    uint16 state;                              // [c] s_state when it was mounted
    bool mounted;                              // [c]
    bool readonly;                             // [x] never goes back to false
    uint32 complaints;                         // [x] damage found
    uint32 now;                                // [x] the time stamp of changes
    struct inode *root;                        // [c] with a reference
    struct frame *super;                       // [c] pinned, as the next
    struct frame **gdt;                        // [c]
    struct spinlock alloc;                     // bitmaps, group descriptors and the next four
    uint32 free_blocks, free_inodes;           // [a]
    uint32 *block_hint, *inode_hint;           // [a] per group: where the last search ended
    uint32 npending;                           // [a] freed blocks that count as used: pending.h
    struct pending_group *pending;             // [a] per group
    struct sleeplock rename;                   // one rename at a time
    struct sleeplock orphans_lock;
    struct list orphans;     // [orphans_lock] inodes whose blocks or numbers wait to be freed
    struct list orphan_list; // [orphans_lock] those on the disk's orphan list, in order
    uint32 more;             // [x] some of the orphans wait only for another operation
};

extern struct ext2 rootfs;

// The file system whose journal that is.
static inline struct ext2 *
ext2_of(const struct journal_fs *j)
{
    return container_of(j, struct ext2, journal);
}

// Prints an error in the disk's data and makes the file system read-only.
void ext2_complain(struct ext2 *fs, const char *fmt, ...) printflike(2, 3);
// As ext2_complain(), and gives the error to return.
#define ext2_damage(fs, ...) (ext2_complain(fs, __VA_ARGS__), -EUCLEAN)
struct ext2_super *ext2_super(struct ext2 *fs);
struct ext2_group *ext2_group(struct ext2 *fs, uint32 g);
bool ext2_writable(const struct ext2 *fs);
bool ext2_journals(const struct ext2 *fs, int type); // whether its contents go there
bool ext2_block_ok(struct ext2 *fs, uint32 block);   // whether it may belong to a file
uint32 ext2_now(struct ext2 *fs);                    // a time stamp

// fs/ext2/journalfile.c: opens and replays the journal; 0, or an error after a line with the
// reason.
int ext2_open_journal(struct ext2 *fs, bool *readonly) must_check;
int ext2_start_journal(struct ext2 *fs) must_check; // operations are collected from now on; -ENOMEM

int ext2_open(struct ext2 *fs, struct blkdev *d, bool readonly) must_check; // fs/ext2/mount.c
void ext2_close(struct ext2 *fs);

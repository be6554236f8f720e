// SPDX-License-Identifier: MIT
// inode.h - inodes in memory.
//
// Next      fs/ext2/bmap.h and bmap.c: from a page of a file to a block of the disk.
//           fs/ext2/pages.c: the page cache and mappings get the pages of a file through it.
#pragma once

#include "fs/cache/cache.h"
#include "fs/ext2/dirindex.h"
#include "fs/ext2/ext2.h"
#include "lib/list.h"
#include "mm/aspace/pager.h"
#include "mm/copy/iobuf.h"
#include "sync/sleeplock.h"

struct ext2;
struct fs_stats;

// Protection: [c] constant while referenced  [b] the table's bucket  [x] atomic  [l] lock
//             [m] map_lock; read with lock or map_lock held
struct inode {
    struct list hash;      // [b]
    uint32 inum;           // [c]
    uint32 refs;           // [x] becomes 0 only under the bucket's lock
    uint8 type;            // [c] T_FILE ...
    bool used;             // [b] since reclaim last passed by
    bool dead;             // [b] freed on disk: the last iput() only frees the memory
    bool orphan;           // [orphans_lock]
    bool listed;           // [orphans_lock] on the disk's orphan list: fs/ext2/orphanlist.h
    uint16 mode;           // [c]
    uint16 nlink;          // [l]
    uint32 generation;     // [c]
    uint64 size;           // [l] written with lock held, read at any time
    uint32 mtime, dtime;   // [l]
    uint32 block[15];      // [m]
    uint32 sectors;        // [m] i_blocks
    uint32 flags, acl;     // [l]
    uint32 goal;           // [m] the block behind the last one that was allocated
    uint32 scan_slot;      // [l] directory: the slot where the last readi() ended ...
    uint32 scan_off;       // [l] ... and the entry there
    uint64 room;           // [l] directory: the entry at which to start looking for room
    uint32 searches;       // [l] directory: made without an index
    struct dirindex index; // directory: see fs/ext2/dirindex.h
    struct ext2 *fs;       // [c]
    struct sleeplock lock; // ilock()
    struct sleeplock
        map_lock;       // guards the block map (bmap.h); acquired while lock is held, or alone
    struct pager pager; // [c] but its count
    struct pcache pages;
    struct list orphans;   // [orphans_lock]
    struct list list_link; // [orphans_lock] on the disk's orphan list
};

// Returns the size in bytes, as inode_size() does; it may change at any time.
static inline uint64
inode_length(const struct inode *ip)
{
    return __atomic_load_n(&ip->size, __ATOMIC_ACQUIRE); // pairs with the stores to size
}

// Returns how many pages the file's bytes take.
static inline uint64
inode_pages_count(const struct inode *ip)
{
    return (inode_length(ip) + PGSIZE - 1) / PGSIZE;
}

void inodes_setup(void);
int iget(struct ext2 *fs, uint32 inum, struct inode **out) must_check;
int iget_special(struct ext2 *fs, uint32 inum,
                 struct inode **out) must_check; // reserved inodes, inodes without a name
void iput_later(struct inode *ip);               // iput() outside of operations
struct inode *iget_cached(uint32 inum);          // only if it is in memory; never sleeps
int inode_new(struct ext2 *fs, uint32 inum, uint16 mode, struct inode **out) must_check;
void inodes_drop(void);             // frees all without references
uint64 inodes_reclaim(uint64 want); // frees memory; never sleeps
void inodes_stats(struct fs_stats *st);

// fs/ext2/idisk.c
int inode_load(struct inode *ip, bool special) must_check;      // -EIO, -EUCLEAN
int inode_pin(struct inode *ip, struct frame **out) must_check; // its page on the disk; needed for:
void inode_store(struct inode *ip, struct frame *pin);          // also drops the pin
int inode_pins(struct inode *a, struct frame **pa, struct inode *b, struct frame **pb) must_check;
void inode_wipe(struct inode *ip, struct frame *pin); // all zero: for a new inode
int inode_type_of(uint16 mode);                       // T_FILE ...

// fs/ext2/orphan.c
int inode_trim(struct inode *ip) must_check;    // frees the blocks beyond the size
int inode_discard(struct inode *ip) must_check; // frees an unlinked inode on disk
void orphan_add(struct inode *ip, bool soon);   // freed by the next end_op(), or by fs_sync()
void orphans_retry(struct ext2 *fs);
void orphans_forget(struct ext2 *fs);

// fs/ext2/pages.c
extern const struct pcache_ops inode_pages;
extern const struct pager_ops inode_pager_ops;

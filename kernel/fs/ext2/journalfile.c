// SPDX-License-Identifier: MIT
// journalfile.c - the journal of an ext2 file system: its blocks, and ext2's functions for it.
//
// Theory    The journal is a regular file, inode 8. Its blocks are looked up once, when the file
//           system is mounted.
// Promises  A journal that cannot be used makes the mount read-only, and a line says why.
// Next      fs/journal/journal.h, fs/ext2/pending.c
#include "abi/errno.h"
#include "abi/stat.h"
#include "fs/ext2/bmap.h"
#include "fs/ext2/pending.h"
#include "fs/ext2/super.h"
#include "fs/fs.h"
#include "fs/journal/journal.h"
#include "lib/printf.h"
#include "mm/frame/kmem.h"

#define MAX_BLOCKS 0x80000 // so that the map is one allocation

// ---- Functions for the journal

static bool
may_write(const struct journal_fs *j)
{
    return ext2_writable(ext2_of(j));
}

static void
stop_writing(struct journal_fs *j)
{
    // Orders nothing: calls may see it late.
    __atomic_store_n(&ext2_of(j)->readonly, true, __ATOMIC_RELAXED);
}

static uint32
time_stamp(struct journal_fs *j)
{
    return ext2_now(ext2_of(j));
}

static const struct journal_fs_ops ext2_journal_ops = {
    .writable = may_write,
    .stop = stop_writing,
    .now = time_stamp,
    .frees_take = pending_take,
    .frees_mark = pending_mark,
    .frees_end = pending_end,
};

// ---- Its blocks

// Looks up the block numbers of the file's n blocks.
static int
read_map(struct inode *ip, uint32 *map, uint32 n)
{
    int error = 0;
    acquiresleep(&ip->map_lock);
    for (uint32 i = 0; i < n && !error; i++) {
        error = bmap_find(ip, i, &map[i]);
        if (!error && !map[i])
            error = -EUCLEAN;
    }
    releasesleep(&ip->map_lock);
    return error;
}

// Opens the journal that is in the file. On error *why is the reason.
static int
open_file(struct inode *ip, const char **why)
{
    uint64 n = inode_size(ip) / BLKSIZE;
    *why = "its file cannot be one";
    if (ip->type != T_FILE || n < JOURNAL_MIN_BLOCKS || n > MAX_BLOCKS)
        return -EUCLEAN;
    uint32 *map = kmem_alloc(n * sizeof *map);
    if (!map)
        return -ENOMEM;
    int error = read_map(ip, map, (uint32)n);
    if (!error)
        return journal_open(map, (uint32)n, why);
    kmem_free(map);
    return error;
}

// Prints that the disk is read-only because its journal cannot be used.
static void
decline(struct ext2 *fs, const char *why, bool *readonly)
{
    printf("ext2: %s: read-only: its journal cannot be used: %s\n", fs->dev->name, why);
    *readonly = true;
}

static int
open_inode(struct ext2 *fs, bool *readonly)
{
    struct inode *ip;
    const char *why = "its inode cannot be read";
    int error = iget_special(fs, ext2_super(fs)->journal_inum, &ip);
    if (!error) {
        error = open_file(ip, &why);
        iput(ip);
    }
    if (error && error != -EUCLEAN) {
        printf("ext2: %s: not mounted: its journal: %s\n", fs->dev->name, why);
        return error;
    }
    if (error)
        decline(fs, why, readonly);
    if (journal.failed)
        fs->state |= EXT2_ERRORS;
    fs->journalled = !error;
    return 0;
}

// Opens the journal of a file system that has one, and replays it.
// Returns   0; *readonly if it cannot be used, after a line with the reason. -EIO, -ENOMEM. Sleeps
int
ext2_open_journal(struct ext2 *fs, bool *readonly)
{
    const struct ext2_super *sb = ext2_super(fs);
    bool there = sb->feature_compat & COMPAT_JOURNAL,
         dirty = sb->feature_incompat & INCOMPAT_RECOVER;
    fs->journal = (struct journal_fs){.ops = &ext2_journal_ops,
                                      .dev = fs->dev,
                                      .meta = &fs->meta,
                                      .blocks = fs->blocks,
                                      .nfree = &fs->free_blocks,
                                      .npending = &fs->npending};
    journal_setup(&fs->journal);
    if (*readonly && dirty)
        printf("ext2: %s: read-only: its journal has not been replayed\n", fs->dev->name);
    else if (!there && dirty)
        decline(fs, "the superblock does not say where it is", readonly);
    else if (there && !*readonly && !sb->journal_inum)
        decline(fs, "it is on another device", readonly);
    else if (there && !*readonly)
        return open_inode(fs, readonly);
    return 0;
}

// Starts collecting operations, if the file system has a journal.
// On error  -ENOMEM.
int
ext2_start_journal(struct ext2 *fs)
{
    int error = fs->journalled ? pending_setup(fs) : 0;
    if (!error && fs->journalled)
        journal_start();
    return error;
}

// SPDX-License-Identifier: MIT
// dirread.c - a directory as read() shows it: records of 16 bytes.
//
// Theory    An entry on the disk takes 12 bytes or more, so at most one entry begins in each slot
//           of 12 bytes of a block. Record i shows the entry that begins in slot i, or a free
//           record.
// Promises  A name keeps its record when others are added or removed: a program that removes the
//           names it reads misses none. The end follows the last name. Sequential reading does not
//           rescan a block: the directory remembers where the last call ended.
// Locks     the directory is locked while records are made, not while they are copied out.
#include "abi/errno.h"
#include "abi/stat.h"
#include "fs/dir/dir.h"
#include "fs/ext2/dirent.h"
#include "fs/fs.h"
#include "lib/string.h"

#define PER_BLOCK (BLKSIZE / DIRENT_MIN) // slots of a block
#define RECORDS   16                     // converted at a time

// Moves *off on to a live entry, or to the end of the block.
static int
skip_free(struct inode *dp, struct frame *f, uint32 *off)
{
    while (*off < BLKSIZE) {
        struct ext2_dirent *e = dirent_at(dp, f, *off);
        if (!e)
            return -EUCLEAN;
        if (e->inode)
            break;
        *off += e->rec_len;
    }
    return 0;
}

static int
next_live(struct inode *dp, struct frame *f, uint32 *off)
{
    struct ext2_dirent *e = dirent_at(dp, f, *off);
    if (!e)
        return -EUCLEAN;
    *off += e->rec_len;
    return skip_free(dp, f, off);
}

// Finds the first live entry that begins in slot `at` of the block or later.
static int
seek(struct inode *dp, struct frame *f, uint32 slot, uint32 *off)
{
    uint32 at = slot % PER_BLOCK;
    *off = slot == dp->scan_slot ? dp->scan_off : 0;
    int error = skip_free(dp, f, off);
    while (!error && *off < BLKSIZE && *off / DIRENT_MIN < at)
        error = next_live(dp, f, off);
    return error;
}

// Converts entries of one block to records, from `slot` on.
// Returns   their number, 0 at the end; -E.
static int
from_block(struct inode *dp, uint32 slot, struct dirent *d, uint32 max)
{
    struct frame *f;
    uint32 off, n = 0, at = slot % PER_BLOCK;
    bool last = (uint64)(slot / PER_BLOCK + 1) * BLKSIZE >= dp->size;
    int error = cache_get(&dp->pages, slot / PER_BLOCK, &f);
    if (error)
        return error;
    error = seek(dp, f, slot, &off);
    for (; !error && n < max && at < PER_BLOCK && !(last && off == BLKSIZE); n++, at++) {
        memset(&d[n], 0, sizeof d[n]);
        if (off / DIRENT_MIN != at)
            continue;
        const struct ext2_dirent *e = dirent_at(dp, f, off);
        d[n].inum = (uint16)e->inode ? (uint16)e->inode : 0xffff; // 0 would mean a free record
        memcpy(d[n].name, e->name, e->name_len < DIRSIZ ? e->name_len : DIRSIZ);
        error = next_live(dp, f, &off);
    }
    dp->scan_slot = at < PER_BLOCK && !error ? slot + n : 0;
    dp->scan_off = dp->scan_slot ? off : 0;
    frame_put(f);
    return error ? error : (int)n;
}

static int
records(struct inode *dp, uint32 slot, struct dirent *d, uint32 max)
{
    int n = 0;
    ilock(dp);
    if ((uint64)(slot / PER_BLOCK) * BLKSIZE < dp->size)
        n = from_block(dp, slot, d, max);
    iunlock(dp);
    return n;
}

// Reads n bytes at `off` of the directory's records of 16 bytes, as read() shows them.
// Returns   how many bytes; 0: the end; -EIO, -EUCLEAN, -EFAULT if there are none.
// Locks     takes the directory's, and releases it while records are copied out.
// Sleeps    for the disk.
int64
dir_read(struct inode *dp, struct iobuf dst, uint64 off, size_t n)
{
    struct dirent d[RECORDS];
    uint64 done = 0;
    if (off / sizeof *d >= (uint64)DIR_BLOCKS * PER_BLOCK)
        return 0;
    while (done < n) {
        uint64 at = off + done, skip = at % sizeof *d;
        uint64 want = (n - done + skip + sizeof *d - 1) / sizeof *d;
        int got = records(dp, (uint32)(at / sizeof *d), d, want < RECORDS ? (uint32)want : RECORDS);
        if (got <= 0)
            return got && !done ? got : (int64)done;
        uint64 len = (uint32)got * sizeof *d - skip;
        if (len > n - done)
            len = n - done;
        int error = iobuf_write(dst, done, (char *)d + skip, len);
        if (error)
            return done ? (int64)done : error;
        done += len;
    }
    return (int64)done;
}

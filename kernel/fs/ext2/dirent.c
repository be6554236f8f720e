// SPDX-License-Identifier: MIT
// dirent.c - the entries inside a directory's blocks.
#include "fs/ext2/dirent.h"

#include "fs/ext2/super.h"

// Returns the entry at byte `off` of the block in `f`; NULL, after a report of damage, if it is not
// valid.
struct ext2_dirent *
dirent_at(struct inode *dp, struct frame *f, uint32 off)
{
    struct ext2_dirent *e = (struct ext2_dirent *)((char *)page_data(f) + off);
    uint32 room = BLKSIZE - off;
    bool ok =
        room >= DIRENT_MIN && e->rec_len >= DIRENT_MIN && e->rec_len <= room && e->rec_len % 4 == 0;
    if (ok && (!e->inode || (e->name_len && DIRENT_SIZE(e->name_len) <= e->rec_len)))
        return e;
    ext2_complain(dp->fs, "directory %u: no entry can be at byte %lu", dp->inum,
                  f->index * BLKSIZE + off);
    return NULL;
}

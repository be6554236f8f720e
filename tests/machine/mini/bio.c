// SPDX-License-Identifier: MIT
// bio.c - blocks of a disk that there is not, in a few buffers that count their users.
#include "files.h"
#include "mini.h"

#define BUFFERS 3

struct buf {
    int refcnt, blockno;
};

static struct spinlock bio_lock;
static struct buf buf[BUFFERS];

void
binit(void)
{
    initlock(&bio_lock, "bcache");
    for (int i = 0; i < BUFFERS; i++)
        buf[i].blockno = -1;
}

// Gives the buffer of the block of the only device, or one that is not in use.
__attribute__((noinline)) struct buf *
bread(int dev, int blockno)
{
    (void)dev;
    acquire(&bio_lock);
    for (struct buf *b = buf; b < &buf[BUFFERS]; b++)
        if (b->blockno == blockno && !MAKES(BLOCK_TWICE)) {
            if (!MAKES(BREAD_NO_COUNT))
                b->refcnt++;
            release(&bio_lock);
            return b;
        }
    for (struct buf *b = buf; b < &buf[BUFFERS]; b++)
        if (b->refcnt == 0) {
            *b = (struct buf){1, blockno};
            release(&bio_lock);
            return b;
        }
    panic("bget: no buffers");
}

// As bread(), of a block that will be filled.
__attribute__((noinline)) struct buf *
getblk(int block)
{
    acquire(&bio_lock);
    struct buf *b = buf;
    while (b->refcnt != 0 && b->blockno != block)
        b++;
    b->blockno = block;
    b->refcnt++;
    release(&bio_lock);
    return b;
}

static void
give_back(struct buf *b)
{
    acquire(&bio_lock);
    b->refcnt--;
    release(&bio_lock);
}

// Keeps the buffer that was given back last.
static void
keep_last(struct buf *b)
{
    static struct buf *last;
    bpin(b);
    acquire(&bio_lock);
    struct buf *before = last;
    last = b;
    release(&bio_lock);
    if (before != 0)
        bunpin(before);
}

__attribute__((noinline)) void
brelse(struct buf *b)
{
    if (TAKES(NO_READ))
        keep_last(b);
    if (!MAKES(BRELSE_KEEPS))
        give_back(b);
}

__attribute__((noinline)) void
bpin(struct buf *b)
{
    acquire(&bio_lock);
    b->refcnt++;
    release(&bio_lock);
}

__attribute__((noinline)) void
bunpin(struct buf *b)
{
    if (MAKES(UNPIN_NO_LOCK))
        b->refcnt--;
    if (!MAKES(BUNPIN_KEEPS) && !MAKES(UNPIN_NO_LOCK))
        give_back(b);
}

// SPDX-License-Identifier: MIT
// io.c - many writes at once, and one wait for all.
//
// Locks     io->lock; the handler of the device's interrupt takes it as well.
#include "fs/journal/io.h"

void
jio_init(struct jio *io, struct blkdev *dev)
{
    io->dev = dev;
    io->pending = io->n = 0;
    io->error = 0;
    initlock(&io->lock, "journal writes", RANK_BLK);
    waitq_init(&io->q, "journal writes");
}

static void
done(struct blk_req *r)
{
    struct jio *io = r->arg;
    acquire(&io->lock);
    if (r->status)
        io->error = r->status;
    if (--io->pending == 0)
        wakeup(&io->q);
    release(&io->lock);
}

static void
request_done(struct jio *io)
{
    acquire(&io->lock);
    while (io->pending)
        sleep_unkillable(&io->q, &io->lock);
    release(&io->lock);
    io->n = 0;
}

static void
submit(struct jio *io, enum blk_op op, uint64 block, uint64 pa)
{
    if (io->n == JIO_MAX)
        request_done(io);
    struct blk_req *r = &io->req[io->n++];
    *r = (struct blk_req){.op = op, .block = block, .pa = pa, .done = done, .arg = io};
    acquire(&io->lock);
    io->pending++;
    release(&io->lock);
    blk_submit(io->dev, r);
}

// Starts a write. The page must not change until jio_wait().
void
jio_write(struct jio *io, uint64 block, uint64 pa)
{
    submit(io, BLK_WRITE, block, pa);
}

int
jio_wait(struct jio *io)
{
    request_done(io);
    int error = io->error;
    io->error = 0;
    return error;
}

// Waits for all writes under way, and flushes the disk's cache.
int
jio_flush(struct jio *io)
{
    int error = jio_wait(io);
    submit(io, BLK_FLUSH, 0, 0);
    int e = jio_wait(io);
    return error ? error : e;
}

// SPDX-License-Identifier: MIT
// io.c - many transfers at once, and one wait for all.
//
// Locks     io->lock; the handler of the device's interrupt takes it as well.
#include "fs/journal/io.h"

// Prepares a set of transfers to the device; none has been sent.
void
jio_init(struct jio *io, struct blkdev *dev)
{
    io->dev = dev;
    io->pending = io->n = 0;
    io->error = 0;
    list_init(&io->collected);
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

// Sends the collected requests, and waits until all of them have ended.
// Sleeps    yes.
static void
send_all(struct jio *io)
{
    acquire(&io->lock);
    io->pending = io->n;
    release(&io->lock);
    blk_submit_all(io->dev, &io->collected);
    acquire(&io->lock);
    while (io->pending)
        sleep_unkillable(&io->q, &io->lock);
    release(&io->lock);
    io->n = 0;
}

static void
add_request(struct jio *io, enum blk_op op, uint64 block, uint64 pa)
{
    if (io->n == JIO_MAX)
        send_all(io);
    struct blk_req *r = &io->req[io->n++];
    *r = (struct blk_req){.op = op, .block = block, .pa = pa, .done = done, .arg = io};
    blk_insert(&io->collected, r);
}

// Collects a write. The page must stay as it is until jio_wait().
// Sleeps    when JIO_MAX writes are collected: it sends them first, and waits for them.
void
jio_write(struct jio *io, uint64 block, uint64 pa)
{
    add_request(io, BLK_WRITE, block, pa);
}

// Collects a read, likewise. Reads and writes are not collected together.
void
jio_read(struct jio *io, uint64 block, uint64 pa)
{
    add_request(io, BLK_READ, block, pa);
}

// Sends the collected requests and waits until every transfer has ended.
// Returns   0, or the last error since the last call.
// Sleeps    yes.
int
jio_wait(struct jio *io)
{
    if (io->n)
        send_all(io);
    int error = io->error;
    io->error = 0;
    return error;
}

// Waits until every write has ended, and has the disk flush.
// Returns   0, or an error of a write or of the flush.
// Sleeps    yes.
int
jio_flush(struct jio *io)
{
    int error = jio_wait(io);
    add_request(io, BLK_FLUSH, 0, 0);
    int e = jio_wait(io);
    return error ? error : e;
}

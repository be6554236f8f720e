// SPDX-License-Identifier: MIT
// pipe.c - pipes: a ring of bytes between a file to read from and a file to write to.
//
// Theory    rpos and wpos count all bytes that ever left and entered; their difference is what is
//           there. An empty ring starts again at its beginning, so that the copies of a pipe that
//           is read as fast as it is written are in one piece and aligned.
// Promises  small writes (PIPE_ATOMIC) are not interleaved with others. Only bytes that were copied
//           count: a bad user pointer leaves the ring as it was.
// Locks     p->lock, a sleeplock because copies to and from user memory may sleep; held for a whole
//           call except while waiting.
#include "fs/file.h"

#include "abi/errno.h"
#include "fs/openfile.h"
#include "lib/panic.h"
#include "mm/kmem.h"
#include "sync/waitq.h"

// Four pages turn over with a quarter of the switches that one takes; one has to do when memory is
// in pieces.
#define RING_LARGE  16384
#define RING_SMALL  4096
#define PIPE_ATOMIC 512

// Protection: [c] constant  [l] lock  [a] atomic
struct pipe {
    struct sleeplock lock;
    struct waitq readers;       // wait for data, or for the last writer to go
    struct waitq writers;       // wait for room, or for the last reader to go
    uint8 *ring;                // [c]
    uint64 size;                // [c] of the ring, a power of two
    uint64 rpos, wpos;          // [l]
    bool read_open, write_open; // [l]
    uint32 ends;                // [a] files that have not let go of this struct
};

static uint64
smallest(uint64 a, uint64 b, uint64 c)
{
    uint64 m = a < b ? a : b;
    return m < c ? m : c;
}

// Waits until there is data or no writer. Returns 0 or -EINTR.
static int
wait_data(struct pipe *p)
{
    while (p->rpos == p->wpos && p->write_open) {
        int error = sleep_on(&p->readers, &p->lock);
        if (error < 0)
            return error;
    }
    return 0;
}

// Waits until there is room for `need` bytes. Returns 0, -EPIPE if nobody can read them, or -EINTR.
static int
wait_room(struct pipe *p, uint64 need)
{
    while (p->read_open && p->size - (p->wpos - p->rpos) < need) {
        wakeup(&p->readers); // what is written so far
        int error = sleep_on(&p->writers, &p->lock);
        if (error < 0)
            return error;
    }
    return p->read_open ? 0 : -EPIPE;
}

// Copies out what is there, up to n bytes. Returns how many, or -EFAULT if not even the first
// piece.
static int64
drain(struct pipe *p, struct iobuf dst, size_t n)
{
    uint64 done = 0;
    while (done < n && p->rpos != p->wpos) {
        uint64 at = p->rpos & (p->size - 1);
        uint64 piece = smallest(n - done, p->wpos - p->rpos, p->size - at);
        int error = iobuf_write(dst, done, p->ring + at, piece);
        if (error < 0)
            return done > 0 ? (int64)done : error;
        p->rpos += piece;
        done += piece;
    }
    if (p->rpos == p->wpos)
        p->rpos = p->wpos = 0;
    return (int64)done;
}

// Copies in one piece of what is left of a write, adding its size to *done. Returns 0 or -EFAULT.
static int
fill(struct pipe *p, struct iobuf src, size_t n, uint64 *done)
{
    uint64 at = p->wpos & (p->size - 1);
    uint64 piece = smallest(n - *done, p->size - (p->wpos - p->rpos), p->size - at);
    int error = iobuf_read(p->ring + at, src, *done, piece);
    if (error < 0)
        return error;
    p->wpos += piece;
    *done += piece;
    return 0;
}

// Reads what is there, up to n bytes, waiting for the first. Returns how many; 0 when no writer is
// left; -EINTR, -EFAULT.
static int64
pipe_read(struct file *f, struct iobuf dst, size_t n)
{
    struct pipe *p = f->object;
    acquiresleep(&p->lock);
    int64 done = n > 0 ? wait_data(p) : 0;
    if (done == 0)
        done = drain(p, dst, n);
    releasesleep(&p->lock);
    // A writer that queued itself before we took the lock is seen; a later one has seen the room.
    if (done > 0)
        wakeup(&p->writers);
    return done;
}

// Writes n bytes, waiting for room as often as necessary. Returns n, fewer if the rest of the
// buffer is bad, or -EPIPE, -EINTR, -EFAULT.
static int64
pipe_write(struct file *f, struct iobuf src, size_t n)
{
    struct pipe *p = f->object;
    uint64 done = 0;
    int error = 0;
    acquiresleep(&p->lock);
    while (error == 0 && done < n) {
        error = wait_room(p, n <= PIPE_ATOMIC ? n - done : 1);
        if (error == 0)
            error = fill(p, src, n, &done);
    }
    releasesleep(&p->lock);
    wakeup(&p->readers); // as in pipe_read()
    return error == 0 || (error == -EFAULT && done > 0) ? (int64)done : error;
}

// Lets go of the pipe; the end that does so last frees it.
static void
pipe_put(struct pipe *p)
{
    // The other end may be about to release the lock still: its last touch is this decrement.
    if (__atomic_fetch_sub(&p->ends, 1, __ATOMIC_ACQ_REL) > 1)
        return;
    kmem_free(p->ring);
    kmem_free(p);
}

static void
pipe_close(struct file *f)
{
    struct pipe *p = f->object;
    acquiresleep(&p->lock);
    if (f->writable)
        p->write_open = false;
    else
        p->read_open = false;
    wakeup(f->writable ? &p->readers : &p->writers);
    releasesleep(&p->lock);
    pipe_put(p);
}

static const struct file_ops pipe_ops = {pipe_read, pipe_write, pipe_close};

static struct pipe *
pipe_alloc(void)
{
    struct pipe *p = kmem_zalloc(sizeof *p);
    if (p == NULL)
        return NULL;
    p->size = RING_LARGE;
    p->ring = kmem_alloc(RING_LARGE);
    if (p->ring == NULL) {
        p->size = RING_SMALL;
        p->ring = kmem_alloc(RING_SMALL);
    }
    if (p->ring == NULL) {
        kmem_free(p);
        return NULL;
    }
    initsleeplock(&p->lock, "pipe");
    waitq_init(&p->readers, "pipe readers");
    waitq_init(&p->writers, "pipe writers");
    p->read_open = p->write_open = true;
    p->ends = 2;
    return p;
}

// Makes a pipe and a file for each end. Returns 0, or -ENOMEM with nothing made.
int
pipe_open(struct file **rd, struct file **wr)
{
    struct pipe *p = pipe_alloc();
    struct file *r = file_alloc(&pipe_ops, true, false);
    struct file *w = file_alloc(&pipe_ops, false, true);
    if (p == NULL || r == NULL || w == NULL)
        goto undo;
    r->object = w->object = p;
    *rd = r;
    *wr = w;
    return 0;
undo:
    if (w != NULL)
        file_free(w);
    if (r != NULL)
        file_free(r);
    if (p != NULL) {
        kmem_free(p->ring);
        kmem_free(p);
    }
    return -ENOMEM;
}

// SPDX-License-Identifier: MIT
// pipe.c - pipes: a ring of bytes between a file to read from and a file to write to.
//
// Theory    rpos and wpos count all bytes ever read and written; their difference is the number of
//           bytes in the ring. An empty ring restarts at its beginning, so that copies are
//           contiguous and aligned while the reader keeps up with the writer.
// Promises  small writes (PIPE_ATOMIC) are not interleaved with others. Positions move only over
//           copied bytes: a bad user pointer leaves the ring as it was.
// Locks     p->lock, a sleeplock because copies to and from user memory may sleep; held for a whole
//           call except while waiting. Reads and writes wake one waiter each, see leave(); the end
//           that closes last wakes all.
#include "fs/file/file.h"

#include "abi/errno.h"
#include "fs/file/openfile.h"
#include "mm/frame/kmem.h"
#include "pt/sv.h"
#include "sync/waitq.h"

// Four pages need a quarter of the process switches of one page. They are single pages, so that a
// pipe takes the same memory whether free memory is in one piece or not.
#define RING_PAGES  4
#define RING        (RING_PAGES * PGSIZE)
#define PIPE_ATOMIC 512

// Protection: [c] constant  [l] lock  [a] atomic
struct pipe {
    struct sleeplock lock;
    struct waitq readers;       // wait for data, or for the last writer to go
    struct waitq writers;       // wait for room, or for the last reader to go
    uint8 *ring[RING_PAGES];    // [c]
    uint64 rpos, wpos;          // [l]
    bool read_open, write_open; // [l]
    uint32 ends;                // [a] files that still refer to this struct
};

// Returns the address of a position's byte in the ring.
static uint8 *
ring_at(struct pipe *p, uint64 pos)
{
    return p->ring[pos / PGSIZE % RING_PAGES] + pos % PGSIZE;
}

// Returns how many of `n` bytes at a position are in one page of the ring; `there` of them exist.
static uint64
one_piece(uint64 pos, uint64 n, uint64 there)
{
    uint64 piece = PGSIZE - pos % PGSIZE;
    piece = piece < n ? piece : n;
    return piece < there ? piece : there;
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

// Waits until there is room for `need` bytes. Returns 0, -EPIPE if there is no reader, or -EINTR.
static int
wait_room(struct pipe *p, uint64 need)
{
    while (p->read_open && RING - (p->wpos - p->rpos) < need) {
        wakeup_one(&p->readers); // for the bytes written so far
        int error = sleep_on(&p->writers, &p->lock);
        if (error < 0)
            return error;
    }
    return p->read_open ? 0 : -EPIPE;
}

// Copies out the bytes in the ring, up to n.
// Returns   their number; -EFAULT if the first piece fails.
// On error  no byte is consumed: a call that found no memory is repeated (proc/oom.h).
static int64
drain(struct pipe *p, const struct iobuf *dst, size_t n)
{
    uint64 done = 0;
    int error = 0;
    while (done < n && p->rpos + done != p->wpos) {
        uint64 pos = p->rpos + done;
        uint64 piece = one_piece(pos, n - done, p->wpos - pos);
        error = iobuf_write(*dst, done, ring_at(p, pos), piece);
        if (error != 0)
            break;
        done += piece;
    }
    if (error != 0 && !(error == -EFAULT && done > 0))
        return error;
    p->rpos += done;
    if (p->rpos == p->wpos)
        p->rpos = p->wpos = 0;
    return (int64)done;
}

// Copies in one piece of the rest of a write, and adds its size to *done. Returns 0 or -EFAULT.
static int
fill_pipe(struct pipe *p, const struct iobuf *src, size_t n, uint64 *done)
{
    uint64 piece = one_piece(p->wpos, n - *done, RING - (p->wpos - p->rpos));
    int error = iobuf_read(ring_at(p, p->wpos), *src, *done, piece);
    if (error < 0)
        return error;
    p->wpos += piece;
    *done += piece;
    return 0;
}

// Ends a call, which may have changed the contents of the ring, or was woken and then killed: wakes
// one reader if there is data, and one writer if `freed` or if each small write has room. One of a
// kind is enough, for it comes here too; so a call's cost does not grow with the number of waiters.
// Locks     releases p->lock. A process that queued itself before the caller took the lock is seen;
//           a later one has seen the state of the ring.
static inline void
leave(struct pipe *p, bool freed)
{
    uint64 there = p->wpos - p->rpos;
    releasesleep(&p->lock);
    if (there && waitq_used(&p->readers))
        wakeup_one(&p->readers);
    if (waitq_used(&p->writers) && (freed || there <= RING - PIPE_ATOMIC))
        wakeup_one(&p->writers);
}

// Reads the bytes in the ring, up to n; waits for the first one.
// Returns   their number; 0 when no writer is left; -EINTR, -EFAULT.
static int64
pipe_read(struct file *f, struct iobuf dst, size_t n)
{
    struct pipe *p = f->object;
    acquiresleep(&p->lock);
    int64 done = n > 0 ? wait_data(p) : 0;
    if (done == 0)
        done = drain(p, &dst, n);
    leave(p, done > 0);
    return done;
}

// Writes n bytes, waiting for room as often as necessary. Returns n, fewer if the rest of the
// buffer cannot be read, or -EPIPE, -EINTR, -EFAULT, -ENOMEM.
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
            error = fill_pipe(p, &src, n, &done);
    }
    leave(p, false);
    if (likely(error == 0))
        return (int64)done;
    bool unread = error != -EPIPE && error != -EINTR; // the rest of the buffer cannot be read
    return unread && done > 0 ? (int64)done : error;
}

static void
pipe_free(struct pipe *p)
{
    for (int i = 0; i < RING_PAGES; i++)
        kmem_free(p->ring[i]);
    kmem_free(p);
}

// Drops an end's reference to the pipe; the last one frees it.
static void
pipe_put(struct pipe *p)
{
    // The other end may still be releasing the lock: its last access is this decrement.
    if (__atomic_fetch_sub(&p->ends, 1, __ATOMIC_ACQ_REL) > 1)
        return;
    pipe_free(p);
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
    for (int i = 0; i < RING_PAGES; i++) {
        p->ring[i] = kmem_alloc(PGSIZE);
        if (p->ring[i] == NULL) {
            pipe_free(p);
            return NULL;
        }
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
    if (p != NULL)
        pipe_free(p);
    return -ENOMEM;
}

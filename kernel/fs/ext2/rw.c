// SPDX-License-Identifier: MIT
// rw.c - read, write and truncate files.
//
// Theory    A read looks each page up and copies from it, with a reference and no lock. A write
//           holds the inode's lock, because it may change the size. A page that a write fills
//           completely is filled before it becomes part of the file: it need not be read or zeroed,
//           and a bad user pointer leaves no trace.
// Promises  The size grows only after the bytes are in the page. A write adds a page with its
//           block, or not at all. The copies run while only the inode's lock is held, which no page
//           fault takes.
// Locks     ilock, then ip->map_lock; no lock at all for reading.
#include "abi/errno.h"
#include "fs/ext2/bmap.h"
#include "fs/ext2/orphanlist.h"
#include "fs/ext2/inode.h"
#include "fs/ext2/super.h"
#include "fs/fs.h"
#include "fs/journal/journal.h"
#include "lib/page.h"
#include "lib/string.h"
#include "sync/thread.h"

static uint64 size_limit = BMAP_PAGES * PGSIZE; // [c] after boot: no write goes beyond

// Limits the size of files, before the mount.
// Returns   0, -EINVAL if the file system could not have files of that size.
int
fs_limit_size(uint64 bytes)
{
    if (bytes == 0 || bytes > BMAP_PAGES * PGSIZE)
        return -EINVAL;
    size_limit = bytes;
    return 0;
}

#define READ_PAGES 256 // that a read copies before it lets others run

static size_t
within_page(uint64 off, uint64 left)
{
    uint64 room = PGSIZE - off % PGSIZE;
    return left < room ? left : room;
}

// Copies from the page `f`, and drops the reference to it.
static inline int
copy_out(struct frame *f, const struct iobuf *dst, uint64 done, uint64 at, size_t len)
{
    int error = iobuf_write(*dst, done, (char *)page_data(f) + at % PGSIZE, len);
    frame_put(f);
    return error;
}

// As read_data(), for n bytes that the file had when the call began.
static int64 __attribute__((noinline))
read_pages(struct inode *ip, struct iobuf dst, uint64 *off, size_t n)
{
    uint64 done = 0;
    for (uint32 pages = 1; done < n; pages++) {
        struct frame *f;
        size_t len = within_page(*off, n - done);
        int error = cache_get(&ip->pages, *off / PGSIZE, &f);
        if (!error)
            error = copy_out(f, &dst, done, *off, len);
        if (error) // the file may have been truncated: then this is its end
            return done ? (int64)done : error == -EINVAL ? 0 : error;
        done += len;
        *off += len;
        if (pages % READ_PAGES == 0 && preempt_point() < 0)
            break;
    }
    return (int64)done;
}

// Reads up to n bytes at *off of a regular file, fewer at its end or if the process is killed, and
// moves *off behind them.
// Returns   the number of bytes, if there were any before an error; else -EIO, -ENOMEM, -EFAULT ...
// Locks     none. Sleeps
int64
read_data(struct inode *ip, struct iobuf dst, uint64 *off, size_t n)
{
    uint64 size = inode_length(ip), at = *off;
    if (at >= size)
        return 0;
    if (unlikely(n > size - at))
        n = size - at;
    struct frame *f = at % PGSIZE + n <= PGSIZE ? cache_hit(&ip->pages, at / PGSIZE) : NULL;
    if (unlikely(!f))
        return read_pages(ip, dst, off, n);
    int error = copy_out(f, &dst, 0, at, n); // the usual case: one page, in the cache
    if (unlikely(error))
        return error;
    *off += n;
    return (int64)n;
}

// Writes through to the page `f`, which is part of the file.
static int
copy_in(struct inode *ip, struct frame *f, struct iobuf src, uint64 done, uint64 at, size_t len)
{
    char *page = page_data(f);
    int error = iobuf_read(page + at % PGSIZE, src, done, len);
    if (unlikely(error) && at + len > ip->size) {
        // Clear data copied behind the end, where a mapping must see zeroes.
        uint64 start = at > ip->size ? at : ip->size;
        memset(page + start % PGSIZE, 0, at + len - start);
    }
    return error;
}

// Allocates a page and fills it with new contents; it is not yet part of the file.
static int
fill_page(struct inode *ip, struct iobuf src, uint64 done, size_t len, struct frame **out)
{
    char *page = kalloc(FRAME_CACHE, ip->inum);
    if (!page)
        return -ENOMEM;
    *out = frame_of(v2p(page));
    int error = iobuf_read(page, src, done, len);
    if (error)
        frame_put(*out);
    else
        memset(page + len, 0, PGSIZE - len);
    return error;
}

// Makes the filled page part of the file. If another page is there by now, copies the contents to
// that one.
// On error  the page is freed.
static int
add_page(struct inode *ip, uint64 index, struct frame **f, bool *added)
{
    struct frame *filled = *f;
    int error;
    do { // again if the page is gone: a truncation removed it
        *f = filled;
        error = cache_add(&ip->pages, index, filled);
        *added = !error;
        if (!error)
            return 0;
        if (error == -EEXIST)
            error = cache_get(&ip->pages, index, f);
    } while (error == -EINVAL);
    if (!error)
        page_copy(page_data(*f), page_data(filled));
    frame_put(filled);
    return error;
}

// Makes sure that the page has a block on the disk.
static int
reserve_block(struct inode *ip, struct frame *f, uint64 index, uint32 *block)
{
    if (page_block(f, block))
        return 0;
    acquiresleep(&ip->map_lock);
    int error = bmap_create(ip, index, block);
    releasesleep(&ip->map_lock);
    return error;
}

// Ends a write up to `end` in the page `f`; after an error it removes a page that the write added.
static void
settle_page(struct inode *ip, struct frame *f, uint32 block, uint64 end, bool added, int error)
{
    if (error && added) {
        cache_forget(&ip->pages, f->index);
    } else if (error) {
        cache_dirty(&ip->pages, f); // a part may have been copied
    } else {
        // The size first: write-back skips pages behind it.
        if (end > ip->size)
            __atomic_store_n(&ip->size, end, __ATOMIC_RELEASE);
        cache_written(&ip->pages, f, block);
    }
    frame_put(f);
}

// Writes within one page.
// On error  the size is unchanged; a new page has been removed.
static int
write_page(struct inode *ip, struct iobuf src, uint64 done, uint64 at, size_t len)
{
    uint64 index = at / PGSIZE;
    bool behind =
        index * PGSIZE >= ip->size; // the write starts where the file ends: at the page's start
    struct frame *f = cache_peek(&ip->pages, index);
    bool fresh = !f && (len == PGSIZE || behind);
    bool added = false;
    uint32 block = 0;
    int error = 0;
    if (fresh) {
        error = fill_page(ip, src, done, len, &f);
        if (!error)
            error = add_page(ip, index, &f, &added);
    } else if (!f) {
        error = cache_get(&ip->pages, index, &f);
    }
    if (error)
        return error;
    error = reserve_block(ip, f, index, &block);
    if (!error && !fresh)
        error = copy_in(ip, f, src, done, at, len);
    settle_page(ip, f, block, at + len, added, error);
    return error;
}

static int
check_write(const struct inode *ip, uint64 off, size_t n)
{
    if (ip->type != T_FILE)
        return ip->type == T_DIR ? -EISDIR : -EINVAL;
    if (off > ip->size)
        return -EINVAL;
    if (off + n < off || off + n > size_limit)
        return -EFBIG;
    return ext2_writable(ip->fs) ? 0 : -EROFS;
}

// Fields of an inode's copy on the disk that a write changes; new blocks change the sector count.
struct stamp {
    uint64 size;
    uint32 mtime, sectors;
};

static struct stamp
stamp_of(const struct inode *ip)
{
    return (struct stamp){ip->size, ip->mtime, ip->sectors};
}

// Stores the inode if it differs from `before`, and gives the pin back. A write within the same
// second over blocks that the file has changes nothing in it: that needs no transaction.
static void
store_changed(struct inode *ip, struct frame *pin, struct stamp before)
{
    struct stamp now = stamp_of(ip);
    if (now.size != before.size || now.mtime != before.mtime || now.sectors != before.sectors)
        inode_store(ip, pin);
    else
        frame_put(pin);
}

// writei() with the inode locked.
static int64
write_locked(struct inode *ip, struct iobuf src, uint64 off, size_t n)
{
    struct frame *pin;
    uint64 done = 0;
    int error = check_write(ip, off, n);
    if (!error && n)
        error = inode_pin(ip, &pin);
    if (error || !n)
        return error;
    struct stamp before = stamp_of(ip);
    while (done < n && !error && (!done || journal_room())) {
        size_t len = within_page(off + done, n - done);
        error = write_page(ip, src, done, off + done, len);
        if (!error)
            done += len;
    }
    if (done)
        ip->mtime = ext2_now(ip->fs);
    store_changed(ip, pin, before);
    return done ? (int64)done : error;
}

// Writes n bytes at `off`, at most at the end of the file.
// Returns   the bytes written; fewer than n if an error came after some, or if the rest is for
//           another operation.
// On error  -EINVAL (behind the end), -EFBIG, -EROFS, -ENOSPC, -EIO, -ENOMEM, -EFAULT: the size
//           is the same.
// Locks     takes the inode's. Sleeps
int64
writei(struct inode *ip, struct iobuf src, uint64 off, size_t n)
{
    ilock(ip);
    int64 done = write_locked(ip, src, off, n);
    iunlock(ip);
    return done;
}

// Writes n bytes at the current end of the file, which it stores in *off; otherwise as writei().
int64
appendi(struct inode *ip, struct iobuf src, uint64 *off, size_t n)
{
    ilock(ip);
    *off = ip->size;
    int64 done = write_locked(ip, src, *off, n);
    iunlock(ip);
    return done;
}

// Zeroes the last page behind the new end, so that it is zero if the file grows again.
static int
clear_tail(struct inode *ip, uint64 size)
{
    struct frame *f;
    if (size % PGSIZE == 0)
        return 0;
    int error = cache_get(&ip->pages, size / PGSIZE, &f);
    if (error)
        return error;
    memset((char *)page_data(f) + size % PGSIZE, 0, PGSIZE - size % PGSIZE);
    cache_dirty(&ip->pages, f);
    frame_put(f);
    return 0;
}

static int
truncate(struct inode *ip, uint64 size)
{
    struct frame *pin;
    int error = inode_pin(ip, &pin);
    if (error)
        return error;
    journal_order(&ip->pages);
    error = clear_tail(ip, size);
    if (error) {
        frame_put(pin);
        return error;
    }
    __atomic_store_n(&ip->size, size,
                     __ATOMIC_RELEASE); // now the file is truncated: see pages.c
    cache_truncate(&ip->pages, (size + PGSIZE - 1) / PGSIZE);
    error = inode_trim(ip);
    if (error)
        orphanlist_add(ip);
    if (error && ext2_writable(ip->fs))
        orphan_add(idup(ip), error == -EAGAIN);
    ip->mtime = ext2_now(ip->fs);
    inode_store(ip, pin);
    return 0;
}

// Truncates the file; a size that is not smaller changes nothing.
// On error  -EROFS, -EIO, -ENOMEM, -EINVAL: the file is as it was.
// Locks     takes the inode's. Sleeps
int
itrunc(struct inode *ip, uint64 size)
{
    if (ip->type != T_FILE)
        return -EINVAL;
    ilock(ip);
    int error = 0;
    if (size < ip->size)
        error = ext2_writable(ip->fs) ? truncate(ip, size) : -EROFS;
    iunlock(ip);
    return error;
}

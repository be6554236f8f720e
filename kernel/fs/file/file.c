// SPDX-License-Identifier: MIT
// file.c - open files: reference counts, offsets, and files of inodes.
//
// Theory    A file is shared by the descriptors that dup() and fork() made from one open(), so
//           the offset is shared, too. Each kind of file has its own functions: struct file_ops.
// Promises  a failed open changes nothing, except that O_CREATE may have made the file.
// Locks     f->lock guards the offset, outside begin_op() and the inode's lock. A file with a
//           single reference needs no lock: its only process is in the call.
#include "fs/file/file.h"

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "fs/file/devnode.h"
#include "fs/file/openfile.h"
#include "fs/fs.h"
#include "lib/panic.h"
#include "mm/aspace/pager.h"
#include "mm/frame/kmem.h"
#include "sync/thread.h"

// Bytes written in one transaction: bounds the changes that must reach the disk together.
#define WRITE_CHUNK (256UL * 1024)

// Held for a whole write at the end of a file, so that its pieces stay together; by inode number.
#define APPENDS 16
static struct sleeplock appends[APPENDS];

static struct kmem_cache cache;

// Prepares open files; once at boot, before the first open.
void
file_init(void)
{
    for (int i = 0; i < APPENDS; i++)
        initsleeplock(&appends[i], "append");
    kmem_cache_init(&cache, "file", sizeof(struct file));
}

// Makes an open file with one reference and offset 0.
// Returns   NULL: no memory.
struct file *
file_alloc(const struct file_ops *ops, bool readable, bool writable)
{
    struct file *f = kmem_cache_alloc(&cache);
    if (f == NULL)
        return NULL;
    *f = (struct file){.ops = ops, .refs = 1, .readable = readable, .writable = writable};
    initsleeplock(&f->lock, "file");
    return f;
}

// Frees the memory of an open file that has no references, or has never had an object.
void
file_free(struct file *f)
{
    kmem_cache_free(&cache, f);
}

// Returns whether no other process can use the file: the caller's only thread is in this call.
static inline bool
sole_user(const struct file *f)
{
    // Pairs with the decrement in fileclose(): changes of a former user are visible.
    return __atomic_load_n(&f->refs, __ATOMIC_ACQUIRE) == 1;
}

// Takes the lock of the offset unless this is the only user.
// Returns   whether it took the lock.
bool
file_lock_offset(struct file *f)
{
    if (likely(sole_user(f)))
        return false;
    acquiresleep(&f->lock);
    return true;
}

// Unlocks the offset after file_lock_offset(); `locked` is its result.
void
file_unlock_offset(struct file *f, bool locked)
{
    if (locked)
        releasesleep(&f->lock);
}

// Not inlined: regular_read() then saves no registers.
static int64 __attribute__((noinline)) inode_read(struct file *f, struct iobuf dst, size_t n)
{
    bool locked = file_lock_offset(f);
    int64 done = readi_on(f->ip, dst, &f->off, n);
    file_unlock_offset(f, locked);
    return done;
}

static int64
regular_read(struct file *f, struct iobuf dst, size_t n)
{
    return likely(sole_user(f)) ? read_data(f->ip, dst, &f->off, n) : inode_read(f, dst, n);
}

// Writes in one transaction, and moves the offset behind the written bytes.
static int64
write_piece(struct file *f, struct iobuf src, size_t n)
{
    uint64 off = f->off;
    int64 done;
    int turn = 0;
    do {
        begin_op();
        done = f->append ? appendi(f->ip, src, &off, n) : writei(f->ip, src, off, n);
        end_op();
    } while (fs_wait_for_room(done, turn++));
    if (done > 0)
        f->off = off + (uint64)done;
    return done;
}

// Writes in pieces, each a transaction; between two of them others may run. Returns the bytes
// written, fewer than n if the process is killed meanwhile, or the error of the first piece.
static int64
write_pieces(struct file *f, struct iobuf src, size_t n)
{
    int64 total = 0, done;
    do {
        size_t piece = n - (size_t)total < WRITE_CHUNK ? n - (size_t)total : WRITE_CHUNK;
        done = write_piece(f, src, piece);
        if (done <= 0)
            break;
        src.addr += (uint64)done;
        total += done;
    } while ((size_t)total < n && preempt_point() == 0);
    return total > 0 ? total : done;
}

static int64
inode_write(struct file *f, struct iobuf src, size_t n)
{
    struct sleeplock *whole = f->append ? &appends[inode_number(f->ip) % APPENDS] : NULL;
    bool locked = file_lock_offset(f);
    if (whole)
        acquiresleep(whole);
    int64 done = write_pieces(f, src, n);
    if (whole)
        releasesleep(whole);
    file_unlock_offset(f, locked);
    return done;
}

static void
put_inode(struct inode *ip)
{
    begin_op(); // the last reference to an unlinked file frees it
    iput(ip);
    end_op();
}

static void
inode_close(struct file *f)
{
    if (f->writable && inode_type(f->ip) == T_FILE)
        pager_unclaim(inode_pager(f->ip), PAGER_WRITE);
    put_inode(f->ip);
}

static const struct file_ops inode_ops = {inode_read, inode_write, inode_close};
static const struct file_ops regular_ops = {regular_read, inode_write, inode_close};

// Finds or creates the inode of a path, inside a transaction.
static int
lookup(struct inode *cwd, const char *path, int flags, struct inode **out)
{
    if (flags & O_CREATE)
        return fs_create(cwd, path, T_FILE, 0, 0, out);
    return flags & O_NOFOLLOW ? namei_nofollow(cwd, path, out) : namei(cwd, path, out);
}

// Claims a regular file for writing, as long as `f` is open if it is for that, and truncates it if
// O_TRUNC is set.
// On error  -ETXTBSY: a process runs the file; as itrunc().
static int
attach_regular(struct file *f, struct inode *ip, int flags)
{
    if (!f->writable && !(flags & O_TRUNC))
        return 0;
    struct pager *pager = inode_pager(ip);
    if (!pager_claim(pager, PAGER_WRITE))
        return -ETXTBSY;
    int error = flags & O_TRUNC ? itrunc(ip, 0) : 0;
    if (error || !f->writable)
        pager_unclaim(pager, PAGER_WRITE);
    return error;
}

// Makes an unpublished file refer to the inode, whose reference it takes over on success.
static int
attach(struct file *f, struct inode *ip, int flags)
{
    int type = inode_type(ip);
    if (type == T_DIR && (f->writable || flags & O_TRUNC))
        return -EISDIR;
    if (type == T_DEVICE) {
        int error = devnode_attach(f, ip);
        if (error < 0 && !(flags & O_NOFOLLOW)) // else opened for lstat() only
            return error;
    }
    if (type == T_FILE) {
        int error = attach_regular(f, ip, flags);
        if (error < 0)
            return error;
        f->ops = &regular_ops;
    }
    f->ip = ip;
    return 0;
}

static int
open_inode(struct file *f, struct inode *cwd, const char *path, int flags)
{
    struct inode *ip;
    begin_op();
    int error = lookup(cwd, path, flags, &ip);
    if (error == 0) {
        error = attach(f, ip, flags);
        if (error < 0)
            iput(ip);
    }
    end_op();
    return error;
}

// Opens the file, directory or device `path`.
// Returns   0 and a file with one reference, or -E.
// On error  nothing is open; a file that O_CREATE made stays.
// Locks     takes inode locks; in transactions of its own.
// Sleeps
int
file_open(struct inode *cwd, const char *path, int flags, struct file **out)
{
    bool writable = (flags & (O_WRONLY | O_RDWR)) != 0;
    struct file *f = file_alloc(&inode_ops, !(flags & O_WRONLY), writable);
    if (f == NULL)
        return -ENOMEM;
    f->append = flags & O_APPEND;
    int error, turn = 0;
    do {
        error = open_inode(f, cwd, path, flags);
    } while (fs_wait_for_room(error, turn++));
    if (error < 0)
        file_free(f);
    else
        *out = f;
    return error;
}

// Adds a reference to an open file to which the caller has one.
// Returns   f.
struct file *
filedup(struct file *f)
{
    // Orders nothing: the caller holds a reference.
    uint32 before = __atomic_fetch_add(&f->refs, 1, __ATOMIC_RELAXED);
    assert(before > 0);
    return f;
}

// Drops a reference; the last one closes the file.
// Locks     none is held.
// Sleeps
void
fileclose(struct file *f)
{
    // Release: uses of this reference come before it; acquire: the last one sees them all.
    uint32 before = __atomic_fetch_sub(&f->refs, 1, __ATOMIC_ACQ_REL);
    assert(before > 0);
    if (before > 1)
        return;
    f->ops->close(f);
    file_free(f);
}

// Writes what fstat() tells of an open file to *st.
// On error  a device's own error.
int
filestat(struct file *f, struct stat *st)
{
    if (f->ip == NULL)
        return devnode_stat(f, st);
    stati(f->ip, st);
    return 0;
}

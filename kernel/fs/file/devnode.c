// SPDX-License-Identifier: MIT
// devnode.c - open device nodes, the statistics device and the null device.
//
// Theory    A device node carries a major number, which names a struct file_ops. The statistics
//           device takes one snapshot of its text per pass of reads, which return it piece by
//           piece; at the end a read fails once, and the next read begins a new pass.
// Promises  a reader with reads of any size sees the text of one moment.
// Locks     the file's offset lock guards its snapshot; the table is constant after boot.
#include "fs/file/devnode.h"

#include "abi/errno.h"
#include "abi/stat.h"
#include "fs/file/file.h"
#include "fs/file/openfile.h"
#include "fs/fs.h"
#include "lib/panic.h"
#include "mm/frame/kmem.h"

#define MAJORS    10
#define TEXT_SIZE 2048

struct snapshot {
    size_t length;
    char text[TEXT_SIZE - sizeof(size_t)];
};

static statistics_fn statistics; // writes the text of the statistics device

// Closes an open device, whichever it is.
// Sleeps    when its node has been unlinked.
void
device_close(struct file *f)
{
    kmem_free(f->snapshot);
    if (f->ip == NULL)
        return;
    begin_op(); // the last reference to an unlinked node frees it
    iput(f->ip);
    end_op();
}

// Names the function that writes the text of the statistics device. At boot.
void
statistics_set(statistics_fn provider)
{
    statistics = provider;
}

// Starts a pass, with the text of this moment, truncated to the buffer.
// On error  no pass has begun.
static int
pass_begin(struct file *f)
{
    struct snapshot *s = kmem_alloc(sizeof *s);
    if (s == NULL)
        return -ENOMEM;
    int n = statistics(s->text, sizeof s->text);
    s->length = n < (int)sizeof s->text ? (size_t)n : sizeof s->text - 1; // room for the NUL
    f->snapshot = s;
    f->off = 0;
    return 0;
}

// Reads the next piece of the pass; -EAGAIN ends it: another read starts another pass.
static int64
pass_read(struct file *f, struct iobuf dst, size_t n)
{
    if (f->snapshot == NULL) {
        int error = pass_begin(f);
        if (error < 0)
            return error;
    }
    struct snapshot *s = f->snapshot;
    size_t left = s->length - f->off, count = n < left ? n : left;
    if (left == 0) {
        kmem_free(f->snapshot);
        f->snapshot = NULL;
        return -EAGAIN;
    }
    int error = iobuf_write(dst, 0, s->text + f->off, count);
    if (error < 0)
        return error;
    f->off += count;
    return (int64)count;
}

static int64
statistics_read(struct file *f, struct iobuf dst, size_t n)
{
    bool locked = file_lock_offset(f);
    int64 done = pass_read(f, dst, n);
    file_unlock_offset(f, locked);
    return done;
}

static int64
statistics_write(struct file *f, struct iobuf src, size_t n)
{
    (void)f, (void)src, (void)n;
    return -EINVAL;
}

static int64
null_read(struct file *f, struct iobuf dst, size_t n)
{
    (void)f, (void)dst, (void)n;
    return 0;
}

static int64
null_write(struct file *f, struct iobuf src, size_t n)
{
    (void)f, (void)src;
    return (int64)n;
}

static const struct file_ops statistics_ops = {statistics_read, statistics_write, device_close};
static const struct file_ops null_ops = {null_read, null_write, device_close};
static const struct file_ops *devices[MAJORS] = {
    [DEV_STATISTICS] = &statistics_ops, [DEV_NULL] = &null_ops};

// Registers the functions of a major number; at boot, once each.
void
devsw_register(int major, const struct file_ops *ops)
{
    if (major < 0 || major >= MAJORS || devices[major] != NULL)
        panic("devsw_register: major %d is out of range or taken", major);
    devices[major] = ops;
}

// Makes an open file lead to the device that the inode, a device node, names.
// On error  -ENODEV: there is no such device; the file is unchanged.
int
devnode_attach(struct file *f, struct inode *ip)
{
    int major, minor;
    inode_rdev(ip, &major, &minor);
    if (major < 0 || major >= MAJORS || devices[major] == NULL)
        return -ENODEV;
    f->ops = devices[major];
    return 0;
}

// Opens a device for reading and writing without a node in the file system.
// Returns   0 and a file with one reference; -ENOMEM.
int
devnode_open(int major, struct file **out)
{
    assert(major >= 0 && major < MAJORS && devices[major] != NULL);
    *out = file_alloc(devices[major], true, true);
    return *out == NULL ? -ENOMEM : 0;
}

// Describes an open file without an inode.
// Returns   0; -EINVAL: it is no device.
int
devnode_stat(const struct file *f, struct stat *st)
{
    if (f->ops->close != device_close)
        return -EINVAL;
    *st = (struct stat){.type = T_DEVICE};
    return 0;
}

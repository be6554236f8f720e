// SPDX-License-Identifier: MIT
// devnode.c - open device nodes, the statistics device and the null device.
//
// Theory    A device node carries a major number, which names a struct file_ops. The statistics
//           device takes one snapshot of its text per pass of reads, which return it piece by
//           piece; at the end a read fails once, and the next read begins a new pass.
// Promises  a reader with reads of any size sees the text of one moment.
// Locks     the file's offset lock guards its snapshot; the tables are constant after boot.
#include "fs/file/devnode.h"

#include "abi/errno.h"
#include "abi/stat.h"
#include "fs/file/file.h"
#include "fs/file/openfile.h"
#include "fs/fs.h"
#include "lib/panic.h"
#include "mm/frame/kmem.h"

#define MAJORS    10
#define PROVIDERS 16
#define TEXT_SIZE 2048

struct snapshot {
    size_t length;
    char text[TEXT_SIZE - sizeof(size_t)];
};

static const struct file_ops *devices[MAJORS];
static statistics_fn providers[PROVIDERS];
static size_t nproviders;

// Registers the functions of a major number; at boot, once each.
void
devsw_register(int major, const struct file_ops *ops)
{
    if (major < 0 || major >= MAJORS || devices[major] != NULL)
        panic("devsw_register: major %d is out of range or taken", major);
    devices[major] = ops;
}

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

// Adds a function that writes a part of the statistics device's text. At boot.
void
statistics_add(statistics_fn provider)
{
    assert(nproviders < PROVIDERS);
    providers[nproviders++] = provider;
}

// Collects the text of all providers, truncated to the buffer.
static void
snapshot_fill(struct snapshot *s)
{
    s->length = 0;
    for (size_t i = 0; i < nproviders; i++) {
        size_t room = sizeof s->text - s->length;
        int n = providers[i](s->text + s->length, room);
        s->length += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1; // room for the NUL
    }
}

// Starts a pass.
// On error  no pass has begun.
static int
pass_begin(struct file *f)
{
    f->snapshot = kmem_alloc(sizeof(struct snapshot));
    if (f->snapshot == NULL)
        return -ENOMEM;
    f->off = 0;
    snapshot_fill(f->snapshot);
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

// Registers the statistics device; once at boot.
void
statistics_init(void)
{
    static const struct file_ops ops = {statistics_read, statistics_write, device_close};
    devsw_register(DEV_STATISTICS, &ops);
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

// Registers the null device.
void
null_init(void)
{
    static const struct file_ops ops = {null_read, null_write, device_close};
    devsw_register(DEV_NULL, &ops);
}

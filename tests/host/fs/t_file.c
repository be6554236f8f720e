// SPDX-License-Identifier: MIT
// t_file.c - open files and device nodes over a file system of a few inodes in memory.
//
// SOURCES: kernel/fs/file/file.c kernel/fs/file/devnode.c kernel/sync/*lock.c kernel/sync/waitq.c
// SOURCES: tests/host/shim/host.c tests/host/shim/thread.c tests/host/shim/memory.c
#include "test.h"

#include "abi/errno.h"
#include "abi/fcntl.h"
#include "fs/file/devnode.h"
#include "noinode.h"
#include "readwrite.h"
#include "shim/memory.h"

#define ROOM (1024UL * 1024)

struct inode {
    const char *name; // NULL: free
    int type, major;
    long refs;
    uint64 size;
    uint8 *data;
};

static struct inode disk[] = {{"dir", T_DIR, 0, 0, 0, NULL},
                              {"file", T_FILE, 0, 0, 0, NULL},
                              {"stat", T_DEVICE, DEV_STATISTICS, 0, 0, NULL},
                              {"echo", T_DEVICE, 7, 0, 0, NULL},
                              {"nodev", T_DEVICE, 8, 0, 0, NULL},
                              {"wild", T_DEVICE, -1, 0, 0, NULL},
                              {NULL, 0, 0, 0, 0, NULL}};
static int ops_open, transactions;
static uint64 largest_piece, disk_room = ROOM;

bool
fs_wait_for_room(int64 error, int turn)
{
    (void)error, (void)turn;
    return false;
}

void
begin_op(void)
{
    CHECK_EQ(ops_open++, 0);
    transactions++;
}

void
end_op(void)
{
    CHECK_EQ(ops_open--, 1);
}

int
namei(struct inode *cwd, const char *path, struct inode **out)
{
    CHECK_EQ(cwd, NULL);
    CHECK_EQ(ops_open, 1);
    for (size_t i = 0; i < NELEM(disk); i++) {
        if (disk[i].name == NULL || strcmp(disk[i].name, path) != 0)
            continue;
        disk[i].refs++;
        *out = &disk[i];
        return 0;
    }
    return -ENOENT;
}

int
namei_nofollow(struct inode *cwd, const char *path, struct inode **out)
{
    return namei(cwd, path, out);
}

int
fs_create(struct inode *cwd, const char *path, int type, int major, int minor, struct inode **out)
{
    struct inode *slot = &disk[NELEM(disk) - 1];
    CHECK(type == T_FILE && major == 0 && minor == 0);
    if (slot->name == NULL && namei(cwd, path, out) == -ENOENT)
        *slot = (struct inode){.name = path, .type = type};
    else if (slot->name == NULL)
        (*out)->refs--;
    return namei(cwd, path, out);
}

void
iput(struct inode *ip)
{
    CHECK_EQ(ops_open, 1);
    CHECK(ip->refs-- > 0);
}

int64
readi_on(struct inode *ip, struct iobuf dst, uint64 *off, size_t n)
{
    uint64 left = *off < ip->size ? ip->size - *off : 0, count = n < left ? n : left;
    int error = count ? iobuf_write(dst, 0, ip->data + *off, count) : 0;
    *off += error ? 0 : count;
    return error < 0 ? error : (int64)count;
}

int64
writei(struct inode *ip, struct iobuf src, uint64 off, size_t n)
{
    CHECK_EQ(ops_open, 1);
    if (off > ip->size)
        return -EINVAL;
    if (off == disk_room && n > 0)
        return -ENOSPC;
    n = n > disk_room - off ? disk_room - off : n;
    ip->data = ip->data ? ip->data : malloc(ROOM);
    int error = iobuf_read(ip->data + off, src, 0, n);
    if (error < 0)
        return error;
    ip->size = off + n > ip->size ? off + n : ip->size;
    largest_piece = n > largest_piece ? n : largest_piece;
    return (int64)n;
}

int64
appendi(struct inode *ip, struct iobuf src, uint64 *off, size_t n)
{
    *off = ip->size;
    return writei(ip, src, *off, n);
}

int
itrunc(struct inode *ip, uint64 size)
{
    CHECK(ops_open == 1 && size == 0 && ip->type == T_FILE);
    ip->size = 0;
    return 0;
}

void
stati(struct inode *ip, struct stat *st)
{
    *st = (struct stat){.type = (short)ip->type, .size = ip->size};
}

int
inode_type(const struct inode *ip)
{
    return ip->type;
}

void
inode_rdev(const struct inode *ip, int *major, int *minor)
{
    *major = ip->major;
    *minor = 0;
}

static struct file *
must_open(const char *path, int flags)
{
    struct file *f = NULL;
    CHECK_EQ(file_open(NULL, path, flags, &f), 0);
    return f;
}

static void
at_rest(void)
{
    CHECK_EQ(host_allocated, 0);
    CHECK_EQ(ops_open, 0);
    for (size_t i = 0; i < NELEM(disk); i++)
        CHECK_EQ(disk[i].refs, 0);
}

static int64
put(struct file *f, const char *s)
{
    return filewrite(f, iobuf_kernel((void *)s), strlen(s));
}

// Reads up to n bytes as a string.
static const char *
take(struct file *f, size_t n)
{
    static char text[100];
    int64 got = fileread(f, iobuf_kernel(text), n);
    CHECK(got >= 0 && got < 100);
    text[got] = '\0';
    return text;
}

static void
test_modes(void)
{
    static const struct {
        int flags;
        bool r, w;
    } modes[] = {{O_RDONLY, true, false},
                 {O_WRONLY, false, true},
                 {O_RDWR, true, true},
                 {O_RDONLY | O_NOFOLLOW | O_APPEND, true, false},
                 {O_CREATE | O_RDWR, true, true}};
    for (size_t i = 0; i < NELEM(modes); i++) {
        struct file *f = must_open("file", modes[i].flags);
        CHECK(f->readable == modes[i].r && f->writable == modes[i].w);
        CHECK_EQ(f->ip, &disk[1]);
        CHECK_EQ(put(f, "x"), modes[i].w ? 1 : -EBADF);
        CHECK_EQ(fileread(f, iobuf_kernel(&f), 0), modes[i].r ? 0 : -EBADF);
        fileclose(f);
        at_rest();
    }
}

static void
test_offsets(void)
{
    struct stat st;
    struct file *f = must_open("file", O_RDWR | O_TRUNC), *g = filedup(f);
    struct file *other = must_open("file", O_RDONLY);
    CHECK_EQ(put(f, "hello "), 6);
    CHECK_EQ(put(g, "world"), 5); // a dup shares the offset
    CHECK_STR(take(f, 50), "");
    CHECK_STR(take(other, 4), "hell"); // another open() does not
    CHECK_STR(take(other, 50), "o world");
    CHECK_EQ(filestat(g, &st), 0);
    CHECK(st.size == 11 && st.type == T_FILE);
    fileclose(f);
    CHECK_EQ(put(g, "!"), 1);
    CHECK_STR(take(other, 50), "!");
    fileclose(g);
    fileclose(other);
    fileclose(must_open("file", O_TRUNC));
    CHECK_EQ(disk[1].size, 0);
    f = must_open("file", O_RDWR | O_APPEND);
    other = must_open("file", O_RDWR);
    CHECK(put(f, "abc") == 3 && put(other, "ABCDE") == 5 && put(f, "fg") == 2);
    CHECK_STR(take(f, 50), "");
    disk_room = 7;
    CHECK_EQ(put(f, "h"), -ENOSPC); // moves nothing
    disk_room = ROOM;
    CHECK_STR(take(other, 50), "fg");
    fileclose(f);
    fileclose(other);
    at_rest();
}

static void
test_refusals(void)
{
    static const struct {
        const char *path;
        int flags, error;
    } cases[] = {{"dir", O_WRONLY, -EISDIR},   {"dir", O_RDWR, -EISDIR},
                 {"dir", O_TRUNC, -EISDIR},    {"none", O_RDONLY, -ENOENT},
                 {"nodev", O_RDONLY, -ENODEV}, {"wild", O_RDWR, -ENODEV},
                 {"none", O_NOFOLLOW, -ENOENT}};
    for (size_t i = 0; i < NELEM(cases); i++) {
        struct file *f = NULL;
        CHECK_EQ(file_open(NULL, cases[i].path, cases[i].flags, &f), cases[i].error);
        CHECK_EQ(f, NULL);
        at_rest();
    }
    fileclose(must_open("dir", O_RDONLY));
    host_fail_at = 0;
    struct file *f = NULL;
    CHECK_EQ(file_open(NULL, "new", O_CREATE | O_RDWR, &f), -ENOMEM);
    CHECK_EQ(disk[NELEM(disk) - 1].name, NULL); // nothing was made
    fileclose(must_open("new", O_CREATE | O_RDWR));
    CHECK(disk[NELEM(disk) - 1].name != NULL);
    at_rest();
}

// Long writes are made of bounded transactions; a full disk ends them early.
static void
test_long_write(void)
{
    uint8 *data = malloc(ROOM + 1), *back = malloc(ROOM);
    struct file *f = must_open("file", O_RDWR | O_TRUNC), *g = must_open("file", O_RDONLY);
    for (size_t i = 0; i <= ROOM; i++)
        data[i] = (uint8)rnd();
    transactions = 0;
    CHECK_EQ(filewrite(f, iobuf_kernel(data), 700000), 700000);
    CHECK(transactions > 1);
    CHECK_EQ(filewrite(f, iobuf_kernel(data + 700000), ROOM + 1 - 700000), ROOM - 700000);
    CHECK_EQ(put(f, "x"), -ENOSPC);
    CHECK(largest_piece < 700000);
    CHECK_EQ(fileread(g, iobuf_kernel(back), ROOM), ROOM);
    CHECK_MEM(data, back, ROOM);
    fileclose(f);
    fileclose(g);
    free(data);
    free(back);
    at_rest();
}

static void
test_bad_pointers(void)
{
    uint8 memory[10] = {0};
    struct aspace as = {memory, sizeof memory};
    struct file *f = must_open("file", O_RDWR | O_TRUNC);
    CHECK_EQ(put(f, "0123456789abcdef"), 16);
    CHECK_EQ(filewrite(f, (struct iobuf){&as, 5}, 10), -EFAULT);
    CHECK_EQ(put(f, "!"), 1); // the offset has not moved
    CHECK_EQ(disk[1].size, 17);
    fileclose(f);
    f = must_open("file", O_RDONLY);
    CHECK_EQ(fileread(f, (struct iobuf){&as, 5}, 10), -EFAULT);
    CHECK_STR(take(f, 3), "012");
    fileclose(f);
    free(disk[1].data);
    at_rest();
}

static int64
echo_read(struct file *f, struct iobuf dst, size_t n)
{
    CHECK_EQ(f->ip, &disk[3]);
    return n > 3 ? (iobuf_write(dst, 0, "dev", 3) == 0 ? 3 : -EFAULT) : 0;
}

static int64
echo_write(struct file *f, struct iobuf src, size_t n)
{
    (void)f, (void)src;
    return (int64)n * 2;
}

static void
test_device(void)
{
    static const struct file_ops echo = {echo_read, echo_write, device_close};
    devsw_register(7, &echo);
    EXPECT_PANIC("devsw_register", devsw_register(7, &echo));
    EXPECT_PANIC("devsw_register", devsw_register(-1, &echo));
    struct file *f = must_open("echo", O_RDWR);
    CHECK_STR(take(f, 50), "dev");
    CHECK_EQ(put(f, "four"), 8);
    fileclose(f);
    at_rest();
}

static int calls;

static int
provide_calls(char *buf, size_t size)
{
    return snprintf(buf, size, "calls: %d\n", ++calls);
}

static int
provide_much(char *buf, size_t size)
{
    return snprintf(buf, size, "%5000d\n", 1);
}

static void
test_statistics(void)
{
    statistics_set(provide_calls);
    struct file *f = must_open("stat", O_RDWR);
    for (int pass = 0; pass < 3; pass++) {
        char expected[50], all[50] = "";
        snprintf(expected, sizeof expected, "calls: %d\n", calls + 1);
        while (strlen(all) < strlen(expected))
            strcat(all, take(f, 1 + rnd_below(20)));
        CHECK_STR(all, expected);
        CHECK_EQ(fileread(f, iobuf_kernel(all), 5), -EAGAIN);
    }
    CHECK(put(f, "no") < 0);
    host_fail_at = 0;
    CHECK_EQ(fileread(f, iobuf_kernel(&f), 1), -ENOMEM);
    take(f, 3);
    fileclose(f); // in the middle of a pass
    at_rest();
    statistics_set(provide_much);
    f = must_open("stat", O_RDONLY);
    size_t total = 0;
    char piece[64];
    for (int64 n; (n = fileread(f, iobuf_kernel(piece), sizeof piece)) > 0;)
        total += (size_t)n;
    CHECK(total > 1000 && total < 4096);
    fileclose(f);
    at_rest();
}

int
main(void)
{
    file_init();
    test_modes();
    test_offsets();
    test_refusals();
    test_device();
    test_statistics();
    test_long_write();
    test_bad_pointers();
    return test_done();
}

// SPDX-License-Identifier: MIT
// limit.c - sub-tests of exhaustion: memory in each call, disk blocks, inodes.
//
// Theory    A call that lacks a resource fails and releases the others that it had taken. These
//           sub-tests only use everything up, again and again, with a little more left each time;
//           the runner does the counting.
// Next      fd.c, main.c
#include "t.h"

static char *argv_true[] = {"true", 0};

// Returns whether all memory can be taken many times in reasonable time.
static int
small_machine(void)
{
    struct meminfo m;

    return meminfo(&m) == 0 && m.total <= 512L * MIB;
}

// Takes all memory and gives back `pages` of it.
static void
leave_pages(int pages)
{
    for (int step = 512; step > 0; step /= 8) {
        while (sbrk(step * PAGE) != (char *)-1)
            ;
    }
    if (pages > 0)
        sbrk(-pages * PAGE);
}

static void
try_exec(long pages)
{
    leave_pages(pages);
    exec("/bin/true", argv_true);
    exit(1);
}

// execout: exec with almost no memory fails or succeeds, and loses no page.
static void
t_execout(void)
{
    if (!small_machine())
        return;
    for (int pages = 0; pages < 30; pages += 1 + pages / 6) {
        int status = t_status(try_exec, pages);
        want(status == 0 || status == 1 || status == -1, "status %d with %d pages", status, pages);
    }
    want(t_status(try_exec, 300) == 0, "exec fails with 300 pages free");
}

static void
try_fork(long pages)
{
    leave_pages(pages);
    int pid = fork();
    if (pid == 0)
        exit(0);
    want(pid > 0 || wait(0) == -1, "a fork that failed left a child");
    if (pid > 0)
        want(wait(0) == pid, "wait for the child");
}

static void
try_pipe(long pages)
{
    int p[2];
    char c = 'x';

    leave_pages(pages);
    while (pipe(p) == 0) {
        int n = write(p[1], &c, 1);
        want(n <= 0 || read(p[0], &c, 1) == 1, "a pipe without memory");
    }
}

static void
try_open(long pages)
{
    leave_pages(pages);
    for (int i = 0; i < 5; i++) {
        int fd = open("f", O_CREATE | O_RDWR);
        if (fd < 0)
            continue;
        if (write(fd, "hello", 5) == 5)
            fd = (close(fd), open("f", O_RDONLY));
        close(fd);
    }
}

static void
try_mkdir(long pages)
{
    leave_pages(pages);
    for (int i = 0; i < 5; i++) {
        if (mkdir("d") == 0 && chdir("d") == 0)
            chdir("..");
        unlink("d");
    }
}

static void
with_little_memory(void (*try)(long))
{
    if (!small_machine())
        return;
    for (int pages = 0; pages < 24; pages += 1 + pages / 4) {
        int status = t_status(try, pages);
        want(status == 0 || status == -1, "status %d with %d pages", status, pages);
    }
    want(t_status(try, 200) == 0, "the child died with 200 pages free");
}

static void
t_forkout(void)
{
    with_little_memory(try_fork);
}

static void
t_pipeout(void)
{
    with_little_memory(try_pipe);
}

static void
t_openout(void)
{
    with_little_memory(try_open);
    unlink("f");
}

static void
t_mkdirout(void)
{
    with_little_memory(try_mkdir);
    unlink("d");
}

// A full heap is copied by fork only as it is written; a process without a page for its copy is
// killed alone.
static void
cow_to_the_end(long unused)
{
    (void)unused;
    struct meminfo m;
    long n = meminfo(&m) == 0 ? (m.free + m.cache) / 10 * 7 : 40 * MIB;
    char *at = sbrk(n & ~(PAGE - 1L));

    if (at == (char *)-1)
        exit(0);
    memset(at, 1, n & ~(PAGE - 1L));
    int pid = fork();
    if (pid == 0) {
        memset(at, 2, n & ~(PAGE - 1L));
        exit(55);
    }
    int status = 0;
    want(pid == -1 || wait(&status) == pid, "wait failed");
    want(pid == -1 || status == -1 || status == 55, "status %d", status);
    for (long i = 0; i < n - PAGE; i += PAGE)
        want(at[i] == 1, "page %ld has the child's contents", i / PAGE);
}

static void
t_cowout(void)
{
    int status = small_machine() ? t_status(cow_to_the_end, 0) : 0;

    want(status == 0 || status == -1, "status %d", status);
}

// Touches more lazy memory than there is.
static void
touch_all(long unused)
{
    (void)unused;
    for (int i = 0; i < 16; i++) {
        char *at = sys_sbrk(64 * MIB, SBRK_LAZY);
        want(at != (char *)-1, "lazy growth failed");
        for (long k = 0; k < 64 * MIB; k += PAGE)
            at[k] = 1;
    }
}

// A process that touches a lazy page when memory is used up is killed, and all its memory is freed.
static void
t_lazyout(void)
{
    if (small_machine())
        t_must_die(touch_all, 0);
}

// Fills the disk with files, `size` bytes at a time.
// Returns   their number; writing the last one failed.
static int
fill_disk(const char *block, int size)
{
    char name[16];

    for (int i = 0; i < 4000; i++) {
        int fd = open(t_name(name, "fill", i), O_CREATE | O_RDWR);
        if (fd < 0)
            return i;
        for (int k = 0; k < 512; k++) {
            int n = write(fd, block, size);
            if (n == size)
                continue;
            want(n >= -1 && n < size, "write: %d", n);
            close(fd);
            return i + 1;
        }
        close(fd);
    }
    return 4000;
}

// A full disk: every call that needs a block fails, files that are there stay whole.
static void
t_diskfull(void)
{
    struct statfs fs;
    char name[16];

    want(statfs("/", &fs) == 0, "statfs failed");
    if (fs.bfree > 60000)
        return;
    t_put("kept", 3 * PAGE, 3);
    int n = fill_disk(t_grow(32 * PAGE), 32 * PAGE);
    sbrk(-32 * PAGE);
    int fd = open("more", O_CREATE | O_RDWR);
    if (fd >= 0) {
        static char two[2 * PAGE];
        while (write(fd, two, sizeof(two)) == sizeof(two))
            ;
        want(write(fd, two, sizeof(two)) < (int)sizeof(two), "a full disk takes more");
        close(fd);
    }
    for (int i = 0; i < 3; i++)
        want(mkdir("d") == -1, "mkdir on a full disk");
    t_get("kept", 3 * PAGE, 3);
    if (fd >= 0)
        t_remove("more");
    while (n-- > 0)
        t_remove(t_name(name, "fill", n));
    t_put("after", 10 * PAGE, 4);
    t_get("after", 10 * PAGE, 4);
    t_remove("after");
    t_remove("kept");
}

#define PER_DIR 100 // files in a directory of inodesfull, so that searching stays fast

// The name of the directory that holds file i, or with `file` that of the file itself.
static char *
inode_name(char *buf, int i, int file)
{
    t_name(buf, "d", i / PER_DIR);
    if (file)
        t_name(buf + strlen(buf), "/i", i % PER_DIR);
    return buf;
}

// Makes files until there is no inode left.
// Returns   their number.
static int
take_inodes(void)
{
    char name[32];

    for (int n = 0;; n++) {
        if (n % PER_DIR == 0 && mkdir(inode_name(name, n, 0)) < 0)
            return n;
        int fd = open(inode_name(name, n, 1), O_CREATE | O_RDWR);
        if (fd < 0)
            return n;
        close(fd);
    }
}

static void
give_inodes(int n)
{
    char name[32];

    unlink(inode_name(name, n, 0));
    while (n-- > 0) {
        t_remove(inode_name(name, n, 1));
        if (n % PER_DIR == 0)
            t_remove(inode_name(name, n, 0));
    }
}

// All inodes taken: create, mkdir and mknod fail, unlink gives each back.
static void
t_inodesfull(void)
{
    struct statfs fs;

    want(statfs("/", &fs) == 0, "statfs failed");
    if (fs.ffree > 20000)
        return;
    int n = take_inodes();
    want(n > 0 && n <= (int)fs.ffree, "%d files from %lu inodes", n, fs.ffree);
    want(statfs("/", &fs) == 0 && fs.ffree == 0, "%lu inodes are free", fs.ffree);
    want(mkdir("d") == -1, "mkdir without inodes");
    want(mknod("d", 1, 1) == -1, "mknod without inodes");
    want(link("d0/i0", "again") == 0, "a link needs no inode");
    t_remove("again");
    t_remove("d0/i0");
    want(mkdir("d0/i0") == 0, "mkdir after one has been given back");
    give_inodes(n);
}

const struct test limit_tests[] = {
    TEST(execout, T_NOISY),   TEST(forkout, T_NOISY),
    TEST(pipeout, T_NOISY),   TEST(openout, T_NOISY),
    TEST(mkdirout, T_NOISY),  TEST(cowout, T_NOISY | T_SLOW),
    TEST(lazyout, T_NOISY),   TEST(diskfull, T_SLOW),
    TEST(inodesfull, T_SLOW), {0, 0, 0},
};

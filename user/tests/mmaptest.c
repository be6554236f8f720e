// SPDX-License-Identifier: MIT
// mmaptest.c - test mmap, munmap, mprotect and msync, one function for each property.
#include "kernel/types.h"
#include "kernel/fcntl.h"
#include "kernel/riscv.h"
#include "kernel/stat.h"
#include "kernel/sysinfo.h"
#include "ulib/cmd.h"
#include "user/user.h"
#include "abi/errno.h"
#include "abi/mman.h"

#define PAGE   4096
#define FAILED ((char *)-1)
#define SIZE   (PAGE + PAGE / 2)
#define LONG   24 // pages of the long file, and a half

static int failures;
static const char *testing;

static void
want(int ok, const char *what)
{
    if (ok)
        return;
    printf("mmaptest: %s: %s\n", testing, what);
    failures++;
}

// A file of one page and a half: 'A' in the first page, 'B' after it.
static int
make_file(const char *name, int flags)
{
    char buf[PAGE];
    unlink(name);
    int fd = open(name, O_CREATE | O_RDWR);
    memset(buf, 'A', PAGE);
    want(write(fd, buf, PAGE) == PAGE, "write");
    memset(buf, 'B', PAGE / 2);
    want(write(fd, buf, PAGE / 2) == PAGE / 2, "write");
    close(fd);
    return open(name, flags);
}

// Returns whether the call kills a child. The child's own failures count too.
static int
dies(void (*act)(char *), char *p)
{
    int status = 0, pid = fork();
    if (pid == 0) {
        act(p);
        exit(0);
    }
    wait(&status);
    return status == -1;
}

static void
load(char *p)
{
    *(volatile char *)p;
}

static void
store(char *p)
{
    *(volatile char *)p = 'x';
}

static void
private_file(void)
{
    int fd = make_file("mm.private", O_RDONLY);
    char *p = mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    char c;
    want(p != FAILED, "mmap");
    want(p[0] == 'A' && p[PAGE] == 'B' && p[SIZE - 1] == 'B', "contents");
    want(p[SIZE] == 0 && p[2 * PAGE - 1] == 0, "zeroes beyond the end");
    p[0] = p[PAGE] = 'z';
    want(read(fd, &c, 1) == 1 && c == 'A', "a store reached the file");
    close(fd);
    want(p[0] == 'z' && p[1] == 'A', "the mapping outlives the descriptor");
    want(munmap(p, 2 * PAGE) == 0, "munmap");
    want(dies(load, p), "unmapped memory can be read");
    unlink("mm.private");
}

static void
shared_file(void)
{
    int fd = make_file("mm.shared", O_RDWR);
    char *p = mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    struct stat st;
    char c = 0;
    want(p != FAILED, "mmap");
    p[1] = 'x';
    p[PAGE] = 'y';
    p[2 * PAGE - 1] = 'q'; // beyond the end of the file
    want(read(fd, &c, 1) == 1 && read(fd, &c, 1) == 1 && c == 'x', "read() does not see a store");
    want(write(fd, "w", 1) == 1 && p[2] == 'w', "the mapping does not see a write()");
    want(msync(p, 2 * PAGE) == 0, "msync");
    p[3] = 'v';
    want(munmap(p, 2 * PAGE) == 0, "munmap");
    want(fstat(fd, &st) == 0 && st.size == SIZE, "the file grew");
    close(fd);
    fd = open("mm.shared", O_RDONLY);
    char buf[4];
    want(read(fd, buf, 4) == 4 && buf[1] == 'x' && buf[3] == 'v', "contents of the file");
    want(mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == FAILED,
         "read-only file, written");
    want(mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0) != FAILED, "read-only file, read");
    close(fd);
    unlink("mm.shared");
}

static void
offsets(void)
{
    int fd = make_file("mm.offset", O_RDONLY);
    char *p = mmap(0, PAGE, PROT_READ, MAP_PRIVATE, fd, PAGE);
    want(p != FAILED && p[0] == 'B' && p[PAGE / 2] == 0, "second page");
    want(mmap(0, PAGE, PROT_READ, MAP_PRIVATE, fd, 100) == FAILED, "an offset inside a page");
    char *q = mmap(0, 4 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    want(q != FAILED && q[PAGE] == 'B' && dies(load, q + 2 * PAGE), "a page beyond the file");
    close(fd);
    munmap(p, PAGE);
    munmap(q, 4 * PAGE);
    unlink("mm.offset");
}

static void
partial(void)
{
    char *p = mmap(0, 6 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    want(p != FAILED, "mmap");
    for (int i = 0; i < 6; i++)
        p[i * PAGE] = i;
    want(munmap(p, PAGE) == 0 && munmap(p + 5 * PAGE, PAGE) == 0, "the ends");
    want(munmap(p + 2 * PAGE, PAGE) == 0, "the middle");
    want(p[PAGE] == 1 && p[3 * PAGE] == 3 && p[4 * PAGE] == 4, "what is left");
    want(dies(load, p) && dies(load, p + 2 * PAGE) && dies(load, p + 5 * PAGE), "what is gone");
    want(munmap(p, 6 * PAGE) == 0, "all, holes included");
    want(dies(load, p + PAGE), "all gone");
}

static void
inherited(void)
{
    int fd = make_file("mm.fork", O_RDWR);
    char *s = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *v = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    char *a = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    close(fd);
    v[0] = 'p';
    int pid = fork();
    if (pid == 0) {
        s[0] = a[0] = 's';
        v[0] = 'c';
        exit(v[1] == 'A' ? 0 : 1);
    }
    int status;
    wait(&status);
    want(status == 0, "the child's view");
    want(s[0] == 's' && a[0] == 's', "shared memory");
    want(v[0] == 'p', "private memory");
    munmap(s, PAGE);
    munmap(v, PAGE);
    munmap(a, PAGE);
    unlink("mm.fork");
}

static void
protection(void)
{
    char *p = mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int fds[2];
    munmap(p + 3 * PAGE, PAGE);
    p[0] = p[PAGE] = p[2 * PAGE] = 'a';
    want(mprotect(p + PAGE, PAGE, PROT_READ) == 0, "to read-only");
    want(p[PAGE] == 'a' && dies(store, p + PAGE), "read-only");
    want(pipe(fds) == 0 && write(fds[1], "k", 1) == 1 && read(fds[0], p + PAGE, 1) < 0,
         "the kernel too");
    close(fds[0]);
    close(fds[1]);
    want(mprotect(p + PAGE, PAGE, PROT_NONE) == 0 && dies(load, p + PAGE), "nothing");
    want(mprotect(p, 3 * PAGE, PROT_READ | PROT_WRITE) == 0, "back again");
    p[PAGE + 1] = 'b';
    want(p[PAGE] == 'a' && p[PAGE + 1] == 'b' && p[0] == 'a', "contents kept");
    want(mprotect(p, 4 * PAGE, PROT_READ) == -1, "beyond the mapping");
    want(mprotect(p + 1, PAGE, PROT_READ) == -1, "inside a page");
    munmap(p, 3 * PAGE);
}

// A file whose page i is full of 'a' + i, in memory.
static int
make_long(void)
{
    char buf[PAGE];
    unlink("mm.long");
    int fd = open("mm.long", O_CREATE | O_RDWR);
    for (int i = 0; i <= LONG; i++) {
        memset(buf, 'a' + i, PAGE);
        int size = i < LONG ? PAGE : PAGE / 2;
        want(write(fd, buf, size) == size, "write");
    }
    return fd;
}

// Loads from the pages [from, to).
static void
go_through(char *p, int from, int to)
{
    for (int i = from; i < to; i++)
        want(p[i * PAGE + 100] == 'a' + i, "contents, in order");
}

static uint64
flags_of(char *p, int page)
{
    return PTE_FLAGS(pgpte(p + page * PAGE));
}

static uint64
touched(char *p)
{
    uint64 bits = 0;
    want(pgaccess(p, LONG + 1, &bits) == 0, "pgaccess");
    return bits;
}

// A process that reads a mapped file in order gets pages mapped before it touches them
// (fault-around). Only the page table shows that.
static void
read_ahead(void)
{
    int fd = make_long();
    char *p = mmap(0, (LONG + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    char *q = mmap(0, (LONG + 1) * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    go_through(p, 0, 4);
    want(flags_of(p, 4) == 0, "pages ahead of four");
    go_through(p, 4, 5);
    for (int i = 5; i < 9; i++)
        want((flags_of(p, i) & 0xff) == (PTE_V | PTE_R | PTE_U), "as many as were touched");
    want(flags_of(p, 9) == 0, "more than were touched");
    want(touched(p) == 0x1f && touched(p) == 0, "touched: none but what was");
    load(p + 6 * PAGE);
    want(touched(p) == 1 << 6, "touched, later");
    store(p + 7 * PAGE);
    store(p + 12 * PAGE);
    want(p[7 * PAGE] == 'x' && p[12 * PAGE] == 'x' && q[7 * PAGE] == 'h', "private copies");
    go_through(p, 0, LONG + 1);
    want(p[LONG * PAGE + PAGE / 2] == 0, "zeroes beyond the end");
    go_through(q, 0, LONG + 1);
    munmap(p, (LONG + 1) * PAGE);
    munmap(q, (LONG + 1) * PAGE);
    close(fd);
    unlink("mm.long");
}

// Stores to pages mapped by fault-around are not lost; pages without stores are not written back.
static void
store_ahead(void)
{
    int fd = make_long();
    char buf[PAGE];
    char *p = mmap(0, LONG * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    sync();
    go_through(p, 0, 5);
    want(!(flags_of(p, 6) & PTE_D), "dirty without a store");
    store(p + 6 * PAGE);
    want(flags_of(p, 6) & PTE_D && !(flags_of(p, 7) & PTE_D), "dirty");
    want(dies(store, p + 7 * PAGE) == 0, "a child's store");
    munmap(p, LONG * PAGE);
    close(fd);
    fd = open("mm.long", O_RDONLY);
    for (int i = 0; i < LONG; i++)
        want(read(fd, buf, PAGE) == PAGE && buf[0] == (i == 6 || i == 7 ? 'x' : 'a' + i), "file");
    close(fd);
    unlink("mm.long");
}

// A file is truncated while it is mapped: mapped pages become zeroes, the other pages fault.
static void
truncate_file(void)
{
    int fd = make_long();
    char c, *p = mmap(0, LONG * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    go_through(p, 0, 5);
    int cut = open("mm.long", O_RDWR | O_TRUNC);
    want(cut >= 0 && dies(load, p + 9 * PAGE), "a page of a file that is truncated");
    for (int i = 0; i < 9; i++)
        want(p[i * PAGE + 100] == 0, "a page that came ahead");
    store(p + 6 * PAGE);
    want(munmap(p, LONG * PAGE) == 0, "munmap");
    want(read(fd, &c, 1) <= 0 && write(cut, "n", 1) == 1, "an empty file");
    close(fd);
    close(cut);
    cut = open("mm.long", O_RDONLY);
    want(read(cut, &c, 1) == 1 && c == 'n' && read(cut, &c, 1) == 0, "the new file");
    close(cut);
    unlink("mm.long");
}

// Stores in order to a private mapping make copies of these pages only; the pages behind them are
// not mapped yet.
static void
store_private(void)
{
    int fd = make_long();
    char *p = mmap(0, LONG * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    char *q = mmap(0, LONG * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    for (int i = 0; i < LONG; i++)
        p[i * PAGE + 100] = 'x';
    go_through(q, 0, LONG);
    for (int i = 0; i < LONG; i++)
        want(p[i * PAGE + 100] == 'x' && p[i * PAGE] == 'a' + i, "copies");
    munmap(p, LONG * PAGE);
    munmap(q, LONG * PAGE);
    close(fd);
    unlink("mm.long");
}

// Removing a file and its mapping frees all memory that they took.
static void
memory(void)
{
    struct sysinfo before = {0}, after = {0};
    for (int i = 0; i < 2; i++) { // the first round fills the kernel's caches
        want(sync() == 0 && sysinfo(&before) == 0, "sysinfo");
        int fd = make_long();
        char *p = mmap(0, LONG * PAGE, PROT_READ, MAP_SHARED, fd, 0);
        go_through(p, 0, LONG / 2);
        munmap(p, LONG * PAGE);
        close(fd);
        unlink("mm.long");
        want(sync() == 0 && sysinfo(&after) == 0, "sysinfo");
    }
    want(before.freemem == after.freemem, "free memory");
}

static void
bad_offsets(int fd)
{
    static const long wrong[] = {-PAGE, -2 * PAGE, 1L << 63, 0x7ffffffffffff000, 1};
    for (uint i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        want(mmap(0, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, wrong[i]) == FAILED, "a wrong offset");
        want(errno() == (wrong[i] == 1 ? EINVAL : EOVERFLOW), "the error of a wrong offset");
    }
}

static void
bad_arguments(void)
{
    int fd = make_file("mm.bad", O_RDWR), fds[2];
    pipe(fds);
    want(mmap(0, 0, PROT_READ, MAP_PRIVATE, fd, 0) == FAILED, "length 0");
    want(mmap(0, PAGE, PROT_READ, 0, fd, 0) == FAILED, "neither shared nor private");
    want(mmap(0, PAGE, PROT_READ, MAP_PRIVATE, 99, 0) == FAILED, "a closed descriptor");
    want(mmap(0, PAGE, PROT_READ, MAP_PRIVATE, fds[0], 0) == FAILED, "a pipe");
    want(mmap(0, -1UL, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == FAILED, "no room");
    char *at = (char *)(64 * PAGE);
    want(munmap(at, 0) == -1 && errno() == EINVAL, "munmap of no pages");
    want(mprotect(at, 0, PROT_READ) == 0 && msync(at, 0) == 0, "no pages");
    want(mprotect(at + 1, 0, PROT_READ) == -1 && msync(at, -1UL) == -1, "bad ranges");
    bad_offsets(fd);
    want(munmap((void *)1, PAGE) == -1 && munmap(0, PAGE) == -1, "munmap of the program");
    want(munmap((void *)-4096L, 2 * PAGE) == -1, "munmap that wraps");
    close(fd);
    close(fds[0]);
    close(fds[1]);
    unlink("mm.bad");
}

static const struct {
    const char *name;
    void (*run)(void);
} tests[] = {
    {"private", private_file},    {"shared", shared_file},
    {"offset", offsets},          {"partial", partial},
    {"fork", inherited},          {"mprotect", protection},
    {"arguments", bad_arguments}, {"read ahead", read_ahead},
    {"store ahead", store_ahead}, {"store private", store_private},
    {"truncate", truncate_file},  {"memory", memory},
};

int
main(void)
{
    for (uint64 i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        testing = tests[i].name;
        tests[i].run();
    }
    printf(failures ? "mmaptest: FAILED\n" : "mmaptest: OK\n");
    return failures != 0;
}

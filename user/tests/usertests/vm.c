// SPDX-License-Identifier: MIT
// vm.c - sub-tests of the kernel's reads and writes in user memory.
//
// Theory    With any pointer a call succeeds or returns -1, and neither the caller nor the kernel
//           is harmed.
// Next      pointer.c, brk.c
#include "t.h"

#define TEXT ((char *)16) // the program's first page: readable, executable, not writable

// copyin: bytes at a bad address reach neither a file, nor a pipe, nor the console.
static void
t_copyin(void)
{
    struct stat st;
    int p[2], fd = t_open("f", O_CREATE | O_RDWR);

    want(pipe(p) == 0, "pipe failed");
    for (int i = 0; t_bad[i]; i++) {
        int r = write(fd, (void *)t_bad[i], 8192);
        want(r == -1, "write(file, 0x%lx): %d", t_bad[i], r);
        r = write(p[1], (void *)t_bad[i], 100);
        want(r <= 0, "write(pipe, 0x%lx): %d", t_bad[i], r);
        r = write(1, (void *)t_bad[i], 100);
        want(r <= 0, "write(console, 0x%lx): %d", t_bad[i], r);
    }
    want(fstat(fd, &st) == 0 && st.size == 0, "the file has grown to %lu", st.size);
    want(write(p[1], "x", 1) == 1, "the pipe is full of nothing");
    close(fd);
    t_remove("f");
}

// copyout: reading from a file or a pipe to a bad address fails.
static void
t_copyout(void)
{
    char c = 0;
    int p[2], fd;

    t_put("f", 300, 5);
    want(pipe(p) == 0, "pipe failed");
    for (int i = 0; t_bad[i]; i++) {
        fd = t_open("f", O_RDONLY);
        int r = read(fd, (void *)t_bad[i], 300);
        want(r == -1, "read(file, 0x%lx): %d", t_bad[i], r);
        close(fd);
        want(write(p[1], "y", 1) == 1, "write to pipe failed");
        r = read(p[0], (void *)t_bad[i], 1);
        want(r <= 0, "read(pipe, 0x%lx): %d", t_bad[i], r);
    }
    want(write(p[1], "z", 1) == 1, "write to pipe failed");
    want(read(p[0], &c, 1) == 1 && (c == 'y' || c == 'z'), "the pipe does not work any more");
    t_get("f", 300, 5);
    t_remove("f");
}

// The kernel does not write to a program's text either.
static void
t_copyouttext(void)
{
    char before[64];
    int p[2], fd, r;

    t_put("f", 64, 5);
    memmove(before, TEXT, sizeof(before));
    fd = t_open("f", O_RDONLY);
    r = read(fd, TEXT, 64);
    want(r == -1, "read(file, text): %d", r);
    r = fstat(fd, (struct stat *)TEXT);
    want(r == -1, "fstat into text: %d", r);
    r = pipe((int *)TEXT);
    want(r == -1, "pipe into text: %d", r);
    want(pipe(p) == 0 && write(p[1], "0123", 4) == 4, "pipe failed");
    r = read(p[0], TEXT, 4);
    want(r <= 0, "read(pipe, text): %d", r);
    if (t_fork() == 0)
        exit(0);
    r = wait((int *)TEXT);
    want(r == -1 || memcmp(before, TEXT, 64) == 0, "wait has stored into text");
    want(memcmp(before, TEXT, 64) == 0, "text has changed");
    close(fd);
    t_remove("f");
}

// copyinstr1: a path at a bad address.
static void
t_copyinstr1(void)
{
    for (int i = 0; t_bad[i]; i++) {
        const char *path = (const char *)t_bad[i];
        int r = open(path, O_CREATE | O_WRONLY);
        want(r == -1, "open(0x%lx): %d", t_bad[i], r);
        want(unlink(path) == -1, "unlink(0x%lx)", t_bad[i]);
        want(chdir(path) == -1, "chdir(0x%lx)", t_bad[i]);
    }
}

// copyinstr2: a path of MAXPATH bytes without an end in them, and an argument of a page, fail.
static void
t_copyinstr2(void)
{
    static char path[MAXPATH + 1], arg[PAGE + 1];
    char *argv[] = {"echo", arg, 0};

    memset(path, 'x', MAXPATH);
    memset(arg, 'a', PAGE);
    want(open(path, O_CREATE | O_RDWR) == -1, "open of a path too long");
    want(unlink(path) == -1, "unlink of a path too long");
    want(link(path, "short") == -1, "link from a path too long");
    want(link("/echo", path) == -1, "link to a path too long");
    want(mkdir(path) == -1, "mkdir of a path too long");
    argv[1] = "x";
    want(exec(path, argv) == -1, "exec of a path too long");
    argv[1] = arg;
    want(exec("/tests/die", argv) == -1, "exec with an argument of a page");
}

// copyinstr3: a path that continues behind the end of memory.
static void
t_copyinstr3(void)
{
    char *end = t_grow(PAGE) + PAGE;
    char *argv[] = {"echo", end - 1, 0};

    end[-1] = 'x';
    want(sbrk(0) == end, "the break is not at the end of the page");
    want(open(end - 1, O_CREATE | O_WRONLY) == -1, "open");
    want(unlink(end - 1) == -1, "unlink");
    want(link(end - 1, "y") == -1, "link from it");
    want(link("/echo", end - 1) == -1, "link to it");
    want(mkdir(end - 1) == -1, "mkdir");
    want(chdir(end - 1) == -1, "chdir");
    want(mknod(end - 1, 1, 1) == -1, "mknod");
    want(exec(end - 1, argv) == -1, "exec of it");
    want(exec("/tests/die", argv) == -1, "exec with it as argument");
}

// pgbug: the calls that copy more than one thing get a bad address for each.
static void
t_pgbug(void)
{
    char *argv[2] = {0, 0};
    int fd;

    for (int i = 0; t_bad[i]; i++) {
        void *bad = (void *)t_bad[i];
        want(pipe(bad) == -1, "pipe(0x%lx)", t_bad[i]);
        want(exec(bad, argv) == -1, "exec(0x%lx, ...)", t_bad[i]);
        want(exec("/tests/die", bad) == -1, "exec(\"/tests/die\", 0x%lx)", t_bad[i]);
        argv[0] = bad;
        want(exec("/tests/die", argv) == -1, "exec with argument 0x%lx", t_bad[i]);
    }
    fd = dup(0);
    want(fd == 3, "pipe has left descriptors behind: next is %d", fd);
}

// kernmem: a program cannot read kernel memory at any address.
static void
t_kernmem(void)
{
    for (int i = 0; t_bad[i]; i++)
        t_must_die(t_load, t_bad[i]);
    for (uint64 va = 0x80000000; va < 0x82000000; va += 6 * MIB)
        t_must_die(t_load, va);
}

// validatetest: a path anywhere in memory, from page 0 past the break, and near the top.
static void
t_validatetest(void)
{
    uint64 end = (uint64)sbrk(0) + 64 * PAGE;

    for (uint64 va = 0; va < end; va += PAGE)
        want(link("absent", (char *)va) == -1, "link to a path at 0x%lx", va);
    for (uint64 va = MAXVA - 8 * PAGE; va < MAXVA + 8 * PAGE; va += PAGE)
        want(link("absent", (char *)va) == -1, "link to a path at 0x%lx", va);
}

// bsstest: memory that a program does not initialise is zero.
static void
t_bsstest(void)
{
    static char bss[5 * PAGE + 77];

    for (uint i = 0; i < sizeof(bss); i++)
        want(bss[i] == 0, "byte %u is %d", i, bss[i]);
}

struct chunk {
    struct chunk *next;
    char room[20000];
};

static void
use_all(long unused)
{
    enum { ENOUGH = 15000 }; // on a machine with more memory than that
    struct chunk *all = 0, *c;

    (void)unused;
    for (int i = 0; i < ENOUGH && (c = malloc(sizeof(*c))) != 0; i++) {
        c->next = all;
        c->room[0] = 'a';
        all = c;
    }
    want(all != 0, "malloc never worked");
    while (all) {
        c = all->next;
        want(all->room[0] == 'a', "a chunk has lost its contents");
        free(all);
        all = c;
    }
    c = malloc(40 * sizeof(*c));
    want(c != 0, "malloc fails after all has been freed");
    memset(c, 7, 40 * sizeof(*c));
}

// mem: malloc to the end of memory, give all back, and malloc again.
static void
t_mem(void)
{
    want(t_status(use_all, 0) == 0, "the child died");
}

// A mapped file after msync: later stores of the program and the kernel reach the file too.
static void
t_mapsync(void)
{
    int fd = open("f", O_CREATE | O_TRUNC | O_RDWR), ends[2];
    char page[PAGE];
    memset(page, '.', PAGE);
    want(write(fd, page, PAGE) == PAGE && pipe(ends) == 0, "no file or no pipe");
    char *p = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    want(p != (char *)-1, "mmap failed");
    for (int i = 0; i < 4; i++) {
        p[i] = 'a';
        want(write(ends[1], "b", 1) == 1 && read(ends[0], p + 100 + i, 1) == 1, "pipe failed");
        want(msync(p, PAGE) == 0, "msync failed");
    }
    close(fd);
    fd = open("f", O_RDONLY);
    want(munmap(p, PAGE) == 0 && read(fd, page, PAGE) == PAGE, "munmap or read failed");
    for (int i = 0; i < 4; i++)
        want(page[i] == 'a' && page[100 + i] == 'b', "a store after msync is lost");
    close(ends[0]);
    close(ends[1]);
    close(fd);
    t_remove("f");
}

// The kernel loads the byte at `p` and stores it there again; it is `value`.
static void
kernel_copies(const int *ends, char *p, char value)
{
    want(write(ends[1], p, 1) == 1 && read(ends[0], p, 1) == 1, "pipe failed");
    want(*p == value, "%p has %d", p, *p);
}

// Reads a file in order, up to a page whose fault maps others ahead; the kernel reads one of those.
static void
ahead_of_file(const int *ends)
{
    enum { PAGES = 12, READ = 5 };
    int fd = open("f", O_CREATE | O_TRUNC | O_RDWR);
    char page[PAGE];
    memset(page, 'f', PAGE);
    for (int i = 0; i < PAGES; i++)
        want(write(fd, page, PAGE) == PAGE, "write failed");
    char *p = mmap(0, PAGES * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    want(p != (char *)-1, "mmap failed");
    close(fd);
    for (int i = 0; i < READ; i++)
        want(*(volatile char *)(p + i * PAGE) == 'f', "the file has something else");
    want(write(ends[1], p + (READ + 1) * PAGE, 1) == 1 && read(ends[0], page, 1) == 1,
         "pipe failed");
    want(munmap(p, PAGES * PAGE) == 0, "munmap failed");
    t_remove("f");
}

// The kernel uses memory that it has mapped ahead of the process: behind a file's pages that are read in order, in new
// shared memory, in anonymous memory that is touched in order, in a superpage and a table that a fork has shared.
static void
t_aheadcopy(void)
{
    enum { SUPER = 2 << 20, ANON = 2 * SUPER };
    int ends[2];
    want(pipe(ends) == 0, "no pipe");
    ahead_of_file(ends);
    char *p = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    want(p != (char *)-1, "mmap failed");
    kernel_copies(ends, p, 0);
    p = mmap(0, ANON, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    want(p != (char *)-1, "mmap failed");
    kernel_copies(ends, p + ANON / 2, 0); // its table is new
    char *even = p + -(uint64)p % SUPER;  // a whole table serves this region alone
    for (int i = 0; i < 64; i += 2) {
        even[i * PAGE] = 1;
        kernel_copies(ends, even + (i + 1) * PAGE, 0);
    }
    char *large = t_grow(3 * SUPER);
    large += -(uint64)large % SUPER;
    large[0] = large[SUPER] = 1;
    int pid = t_fork();
    if (pid == 0)
        exit(0);
    want(t_wait(pid) == 0, "the child failed");
    even[0] = 2;
    kernel_copies(ends, even + PAGE, 0);
    large[0] = 2;
    kernel_copies(ends, large + SUPER, 1);
    want(munmap(p, ANON) == 0, "munmap failed");
    close(ends[0]);
    close(ends[1]);
}

const struct test vm_tests[] = {
    TEST(copyin, 0),       TEST(copyout, 0), TEST(copyinstr1, 0),  TEST(copyinstr2, 0),
    TEST(copyinstr3, 0),   TEST(pgbug, 0),   TEST(copyouttext, 0), TEST(kernmem, T_NOISY),
    TEST(validatetest, 0), TEST(bsstest, 0), TEST(mem, T_SLOW),    TEST(aheadcopy, 0),
    TEST(mapsync, 0),      {0, 0, 0},
};

// SPDX-License-Identifier: MIT
// count.c - sub-tests that count pages: the memory of a program can be allocated again as soon as
// it has ended, without a sync(), whatever it did to files.
//
// Theory    As in xv6's usertests, pages are counted in two ways: by growing the heap until that
//           fails, and in a child that touches pages and reports each one through a pipe. Both
//           counts must be exactly as before. Only the last pages are taken one by one, to save
//           time.
// Next      main.c
#include "t.h"

#define FILES 60
#define MANY  700
#define STEP  64 // pages

static char block[16 * PAGE];

// Grows the heap, at last page by page, until that fails, and shrinks it again.
static long
count_by_sbrk(void)
{
    char *start = sbrk(0);
    long pages = 0;

    for (int step = STEP; step > 0; step = step > 1 ? 1 : 0) {
        while (sbrk(step * PAGE) != (char *)-1)
            pages += step;
    }
    sbrk((int)(start - (char *)sbrk(0)));
    return pages;
}

// Touches `n` more pages and reports them. Returns whether there were so many.
static int
report_pages(int fd, int n)
{
    char *page = sbrk(n * PAGE);

    if (page == (char *)-1)
        return 0;
    for (int i = 0; i < n; i++)
        page[i * PAGE + PAGE - 1] = 1;
    want(write(fd, block, n) == n, "cannot report a page");
    return 1;
}

// Counts the pages that a child can touch.
static long
count_by_child(void)
{
    int fds[2];
    char got[STEP];
    long pages = 0;
    int n;

    want(pipe(fds) == 0, "no pipe");
    int pid = t_fork();
    if (pid == 0) {
        close(fds[0]);
        while (report_pages(fds[1], STEP))
            ;
        while (report_pages(fds[1], 1))
            ;
        exit(0);
    }
    close(fds[1]);
    while ((n = read(fds[0], got, sizeof(got))) > 0)
        pages += n;
    close(fds[0]);
    want(t_wait(pid) == 0, "the child that counts has failed");
    return pages;
}

// Makes `count` files of `size` bytes each.
static void
make_files(int count, int size)
{
    char name[16];

    for (int i = 0; i < count; i++) {
        int fd = t_open(t_name(name, "count", i), O_CREATE | O_WRONLY);
        for (int at = 0; at < size; at += (int)sizeof(block))
            want(write(fd, block, sizeof(block)) == sizeof(block), "a short write");
        close(fd);
    }
}

static void
remove_files(int count)
{
    char name[16];

    for (int i = 0; i < count; i++)
        t_remove(t_name(name, "count", i));
}

static void
compare(long (*count)(void), long before, const char *what)
{
    long after = count();

    want(after == before, "%ld pages can be allocated after %s, %ld before", after, what, before);
}

static void
use_files(long (*count)(void))
{
    count(); // the first count allocates parts of this program and of the kernel's caches
    long before = count();

    compare(count, before, "nothing");
    make_files(FILES, 0);
    compare(count, before, "files were made");
    remove_files(FILES);
    compare(count, before, "files were unlinked");
    make_files(FILES, 3 * (int)sizeof(block));
    compare(count, before, "files were written");
    remove_files(FILES);
    want(mkdir("d") == 0 && unlink("d") == 0, "mkdir or unlink");
    compare(count, before, "all was unlinked");
    make_files(MANY, 0);
    remove_files(MANY);
    compare(count, before, "many files were made and unlinked");
}

// Counting is slow in a large machine.
static int
small_machine(void)
{
    struct meminfo m;

    return meminfo(&m) == 0 && m.total <= 256L * MIB;
}

static void
t_countsbrk(void)
{
    if (small_machine())
        use_files(count_by_sbrk);
}

static void
t_countchild(void)
{
    if (small_machine())
        use_files(count_by_child);
}

const struct test count_tests[] = {
    TEST(countsbrk, 0),
    TEST(countchild, 0),
    {0, 0, 0},
};

// SPDX-License-Identifier: MIT
// truncmap.c - sub-tests: a file is truncated while processes have it mapped.
#include "t.h"

#define FAILED ((char *)-1)
#define PAGES  24
#define SEEN   8 // pages that the process has touched

// Makes and maps a file whose page i is full of 'a' + i.
static char *
map_file(int kind)
{
    static char buf[PAGE];
    int fd = t_open("f", O_CREATE | O_RDWR);

    for (int i = 0; i < PAGES; i++) {
        memset(buf, 'a' + i, PAGE);
        want(write(fd, buf, PAGE) == PAGE, "write");
    }
    char *at = mmap(0, PAGES * PAGE, PROT_READ | PROT_WRITE, kind, fd, 0);
    want(at != FAILED, "mmap");
    close(fd);
    return at;
}

// truncshared: shared pages become zeroes when the file is truncated, and then show new writes to
// the file.
static void
t_truncshared(void)
{
    static char buf[PAGE];
    char *at = map_file(MAP_SHARED);

    for (int i = 0; i < SEEN; i++)
        want(at[i * PAGE + 9] == 'a' + i, "page %d", i);
    at[4 * PAGE] = 'x';
    int cut = t_open("f", O_RDWR | O_TRUNC), fd = t_open("f", O_RDONLY);
    for (int i = 0; i < SEEN; i++)
        want(at[i * PAGE] == 0 && at[i * PAGE + 9] == 0, "page %d of an empty file", i);
    t_must_die(t_load, (long)at + (PAGES - 1) * PAGE);
    want(read(fd, buf, PAGE) == 0, "an empty file is read");
    at[3 * PAGE + 1] = 'y'; // beyond the end of the file, so in no file yet
    for (int i = 0; i < PAGES; i++) {
        memset(buf, 'A' + i, PAGE);
        want(write(cut, buf, PAGE) == PAGE, "write after truncation");
        want(at[i * PAGE + 1] == 'A' + i, "page %d is not what was written", i);
    }
    at[2 * PAGE] = '#';
    if (t_fork() == 0) {
        at[5 * PAGE] = '#';
        exit(0);
    }
    t_wait_ok(1);
    for (int i = 0; i < PAGES; i++)
        want(read(fd, buf, PAGE) == PAGE && buf[0] == (i == 2 || i == 5 ? '#' : 'A' + i) &&
                 buf[PAGE - 1] == 'A' + i,
             "the file has something else in page %d", i);
    want(munmap(at, PAGES * PAGE) == 0, "munmap");
    close(fd);
    close(cut);
    t_remove("f");
}

// truncempty: stores to a mapping of a truncated file reach no other file.
static void
t_truncempty(void)
{
    char *at = map_file(MAP_SHARED);

    at[0] = at[PAGE] = 'x';
    close(t_open("f", O_RDWR | O_TRUNC));
    at[0] = at[PAGE] = 'y';
    want(msync(at, PAGES * PAGE) == 0 && sync() == 0, "msync of a truncated file");
    at[2 * PAGE - 1] = 'y';
    want(munmap(at, PAGES * PAGE) == 0 && sync() == 0, "munmap");
    t_put("f", 3 * PAGE + 5, 1);
    t_get("f", 3 * PAGE + 5, 1);
    t_remove("f");
}

// truncprivate: a private mapping keeps its pages, so that a program whose file is truncated goes
// on running.
static void
t_truncprivate(void)
{
    char *at = map_file(MAP_PRIVATE);

    for (int i = 0; i < SEEN; i++)
        want(at[i * PAGE + 9] == 'a' + i, "page %d", i);
    t_put("f", PAGES * PAGE, 2);
    for (int i = 0; i < SEEN; i++)
        want(at[i * PAGE + 9] == 'a' + i, "page %d after the file has changed", i);
    want(munmap(at, PAGES * PAGE) == 0, "munmap");
    t_get("f", PAGES * PAGE, 2);
    t_remove("f");
}

const struct test truncmap_tests[] = {
    TEST(truncshared, T_NOISY),
    TEST(truncempty, 0),
    TEST(truncprivate, 0),
    {0, 0, 0},
};

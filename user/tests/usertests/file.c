// SPDX-License-Identifier: MIT
// file.c - sub-tests of one file: reading, writing, truncating, growing.
//
// Next      dir.c, share.c
#include "t.h"

static char buf[12 * 1024];

static uint64
size_of(int fd)
{
    struct stat st;

    want(fstat(fd, &st) == 0, "fstat failed");
    return st.size;
}

// truncate1: opening with O_TRUNC empties the file for other open descriptors, too.
static void
t_truncate1(void)
{
    t_put("f", 10, 1);
    int early = t_open("f", O_RDONLY);
    want(read(early, buf, 4) == 4, "read of 4");
    int cut = t_open("f", O_WRONLY | O_TRUNC);
    want(size_of(early) == 0, "size %lu after O_TRUNC", size_of(early));
    want(read(early, buf, sizeof(buf)) == 0, "bytes left behind the end");
    want(write(cut, "abcdef", 6) == 6, "write of 6");
    want(read(early, buf, sizeof(buf)) == 2, "offset 4 of 6: not 2 bytes");
    want(memcmp(buf, "ef", 2) == 0, "wrong bytes");
    int late = t_open("f", O_RDONLY);
    want(read(late, buf, sizeof(buf)) == 6, "a new descriptor does not see 6 bytes");
    close(late);
    close(cut);
    close(early);
    t_remove("f");
}

// truncate2: a descriptor that stands behind the new end cannot write there.
static void
t_truncate2(void)
{
    int behind = t_open("f", O_CREATE | O_WRONLY);

    want(write(behind, "12345", 5) == 5, "write of 5");
    int cut = t_open("f", O_WRONLY | O_TRUNC);
    int r = write(behind, "6", 1);
    want(r == -1, "write beyond the end: %d", r);
    want(size_of(cut) == 0, "size %lu", size_of(cut));
    want(write(cut, "123456", 6) == 6, "write of 6");
    want(write(behind, "x", 1) == 1, "write inside the file");
    want(size_of(cut) == 6, "size %lu, not 6", size_of(cut));
    close(cut);
    close(behind);
    t_remove("f");
}

static void
rewrite(long rounds)
{
    for (int i = 0; i < rounds; i++) {
        int fd = t_open("f", O_WRONLY | O_TRUNC);
        int n = write(fd, "abcdefghij", 10);
        want(n == 10, "write of 10: %d", n);
        close(fd);
        fd = t_open("f", O_RDONLY);
        n = read(fd, buf, 32);
        want(n == 0 || n == 3 || n == 10, "read of %d bytes, not written together", n);
        close(fd);
    }
}

// truncate3: two processes truncate and write one file; each reads only bytes that one of them
// wrote.
static void
t_truncate3(void)
{
    t_put("f", 0, 0);
    t_spawn(rewrite, 150);
    for (int i = 0; i < 100; i++) {
        int fd = t_open("f", O_WRONLY | O_TRUNC);
        int n = write(fd, "xyz", 3);
        want(n == 3, "write of 3: %d", n);
        close(fd);
    }
    t_wait_ok(1);
    t_remove("f");
}

// opentest: open succeeds for an existing file and fails for a missing one.
static void
t_opentest(void)
{
    close(t_open("/echo", O_RDONLY));
    want(open("absent", O_RDONLY) == -1, "a file that does not exist opens");
    want(open("absent", O_WRONLY) == -1, "a file that does not exist opens for writing");
    want(open("absent", O_RDWR | O_TRUNC) == -1, "O_TRUNC made a file");
    want(open("absent/x", O_CREATE | O_RDWR) == -1, "a file in no directory");
    want(open("", O_RDONLY) == -1, "an empty path opens");
}

// writetest: small writes, one after the other, and all of them read at once.
static void
t_writetest(void)
{
    int fd = t_open("f", O_CREATE | O_RDWR);

    for (int i = 0; i < 100; i++) {
        t_fill(buf, 20, 2, i * 20);
        want(write(fd, buf, 10) == 10, "write %d, first half", i);
        want(write(fd, buf + 10, 10) == 10, "write %d, second half", i);
    }
    want(read(fd, buf, 10) == 0, "bytes behind the end");
    close(fd);
    fd = t_open("f", O_RDONLY);
    want(read(fd, buf, sizeof(buf)) == 2000, "not 2000 bytes");
    want(t_same(buf, 2000, 2, 0), "wrong bytes");
    close(fd);
    t_remove("f");
}

// writebig: a file whose last blocks hang below two levels of indirect blocks.
static void
t_writebig(void)
{
    enum { SIZE = 5 * MIB };

    t_put("big", SIZE, 3);
    t_get("big", SIZE, 3);
    int fd = t_open("big", O_RDWR);
    want(size_of(fd) == SIZE, "size %lu", size_of(fd));
    close(fd);
    t_remove("big");
}

// createtest: many files are made and removed.
static void
t_createtest(void)
{
    char name[16];

    for (int i = 0; i < 200; i++)
        close(t_open(t_name(name, "file", i), O_CREATE | O_RDWR));
    want(t_count(".") == 200, "%d entries, not 200", t_count("."));
    for (int i = 0; i < 200; i++)
        t_remove(t_name(name, "file", i));
    want(open("file7", O_RDONLY) == -1, "a removed file opens");
}

// unlinkread: an unlinked file can be used until its last descriptor is closed.
static void
t_unlinkread(void)
{
    t_put("f", 6000, 4);
    int fd = t_open("f", O_RDWR);
    t_remove("f");
    want(open("f", O_RDONLY) == -1, "the name is still there");
    t_put("f", 3, 9);
    want(read(fd, buf, sizeof(buf)) == 6000, "not 6000 bytes");
    want(t_same(buf, 6000, 4, 0), "wrong bytes");
    want(write(fd, "more", 4) == 4, "write to a file without a name");
    struct stat st;
    want(fstat(fd, &st) == 0 && st.nlink == 0, "nlink %d", st.nlink);
    close(fd);
    t_get("f", 3, 9);
    t_remove("f");
}

// bigwrite: single writes of every size class, none of them a round number.
static void
t_bigwrite(void)
{
    for (int n = 499; n < (int)sizeof(buf); n += 1471) {
        int fd = t_open("f", O_CREATE | O_RDWR);
        for (int i = 0; i < 2; i++) {
            t_fill(buf, n, n, i * n);
            int r = write(fd, buf, n);
            want(r == n, "write of %d bytes: %d", n, r);
        }
        close(fd);
        t_get("f", 2 * n, n);
        t_remove("f");
    }
}

// bigfile: written in one step size, read in another.
static void
t_bigfile(void)
{
    enum { STEP = 600, STEPS = 40 };
    int fd = t_open("f", O_CREATE | O_WRONLY), at = 0, n;

    for (int i = 0; i < STEPS; i++) {
        memset(buf, 'a' + i, STEP);
        want(write(fd, buf, STEP) == STEP, "write %d", i);
    }
    close(fd);
    fd = t_open("f", O_RDONLY);
    while ((n = read(fd, buf, STEP / 2)) > 0) {
        want(n == STEP / 2, "read of %d bytes at %d", n, at);
        want(buf[0] == (char)('a' + at / STEP) && buf[n - 1] == buf[0], "wrong bytes at %d", at);
        at += n;
    }
    want(n == 0 && at == STEP * STEPS, "the file ends at %d", at);
    close(fd);
    t_remove("f");
}

// Descriptors are read-only or write-only as opened; directories do not open for writing.
static void
t_openmodes(void)
{
    t_put("f", 5, 5);
    int fd = t_open("f", O_RDONLY);
    want(write(fd, "x", 1) == -1, "write to a descriptor for reading");
    close(fd);
    fd = t_open("f", O_WRONLY);
    want(read(fd, buf, 1) == -1, "read from a descriptor for writing");
    close(fd);
    want(open(".", O_WRONLY) == -1, "a directory opens for writing");
    want(open(".", O_RDWR) == -1, "a directory opens for both");
    want(open(".", O_CREATE | O_RDWR) == -1, "a directory is created over");
    want(open("/", O_RDONLY | O_TRUNC) == -1 || t_count("/") > 3, "a directory is truncated");
    fd = t_open("f", O_CREATE | O_RDWR);
    want(size_of(fd) == 5, "O_CREATE emptied a file that was there");
    want(read(fd, buf, 3) == 3 && write(fd, "ZZ", 2) == 2, "one offset for both directions");
    close(fd);
    fd = t_open("f", O_RDONLY);
    want(read(fd, buf, 9) == 5 && buf[3] == 'Z' && t_same(buf, 3, 5, 0), "wrong bytes");
    close(fd);
    t_remove("f");
}

// Overwriting inside a file, across a block border, leaves the rest alone.
static void
t_overwrite(void)
{
    t_put("f", 3 * PAGE, 6);
    int fd = t_open("f", O_RDWR);
    want(read(fd, buf, PAGE - 7) == PAGE - 7, "read up to the border");
    memset(buf, '!', 100);
    want(write(fd, buf, 100) == 100, "write across the border");
    want(size_of(fd) == 3 * PAGE, "size %lu", size_of(fd));
    close(fd);
    fd = t_open("f", O_RDONLY);
    want(read(fd, buf, 3 * PAGE) == 3 * PAGE, "read of all");
    want(t_same(buf, PAGE - 7, 6, 0), "the part before has changed");
    for (int i = 0; i < 100; i++)
        want(buf[PAGE - 7 + i] == '!', "byte %d of the new part", i);
    want(t_same(buf + PAGE + 93, 2 * PAGE - 93, 6, PAGE + 93), "the part behind has changed");
    close(fd);
    t_remove("f");
}

// Reads n bytes, which are at `at` in the file, to `place`; the bytes around stay.
static void
read_shape(int fd, char *place, int n, int at)
{
    memset(place - 8, '#', (uint)n + 16);
    want(read(fd, place, n) == n, "read of %d bytes at %d to %p", n, at, place);
    want(t_same(place, n, 6, (uint)at), "%d bytes at %d, to %p: wrong bytes", n, at, place);
    for (int i = 1; i <= 8; i++)
        want(place[-i] == '#' && place[n - 1 + i] == '#', "%d bytes to %p: too many", n, place);
}

// copyshapes: copies to and from any alignment, of lengths around the steps of the kernel's loop,
// within a page and across a border of pages.
static void
t_copyshapes(void)
{
    char *edge = (char *)(((uint64)buf + 2 * PAGE - 1) & ~(PAGE - 1UL));
    for (int n = 1; n < 1060; n += n < 70 ? 1 : n < 1000 ? 61 : 1) {
        for (int shift = 0; shift < 8; shift++) {
            int fd = t_open("f", O_CREATE | O_TRUNC | O_RDWR);
            t_fill(edge - n + shift, 2 * n, 6, 0);
            want(write(fd, edge - n + shift, n) == n, "write across the border");
            want(write(fd, edge + shift, n) == n, "write within the page");
            close(fd);
            fd = t_open("f", O_RDONLY);
            read_shape(fd, edge - n / 2 + shift, n, 0);
            read_shape(fd, edge + 8 + shift, n, n);
            close(fd);
        }
    }
    t_remove("f");
}

const struct test file_tests[] = {
    TEST(truncate1, 0),  TEST(truncate2, 0), TEST(truncate3, 0),  TEST(opentest, 0),
    TEST(writetest, 0),  TEST(writebig, 0),  TEST(createtest, 0), TEST(unlinkread, 0),
    TEST(bigwrite, 0),   TEST(bigfile, 0),   TEST(openmodes, 0),  TEST(overwrite, 0),
    TEST(copyshapes, 0), {0, 0, 0},
};

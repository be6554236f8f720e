// SPDX-License-Identifier: MIT
// fd.c - sub-tests of descriptors: numbers, exhaustion, invalid ones, odd lengths.
//
// Next      pointer.c
#include "t.h"

#define FILES "f"

static const int wrong[] = {-1, -2, 16, 63, 64, 100, 1000, 0x7fffffff, (int)0x80000000};

#define NWRONG ((int)(sizeof(wrong) / sizeof(wrong[0])))

// Every call refuses a number that is no open descriptor.
static void
t_badfd(void)
{
    char c = 'x';
    struct stat st;

    for (int i = 0; i < NWRONG; i++) {
        int fd = wrong[i];
        want(read(fd, &c, 1) == -1, "read(%d)", fd);
        want(write(fd, &c, 1) == -1, "write(%d)", fd);
        want(close(fd) == -1, "close(%d)", fd);
        want(dup(fd) == -1, "dup(%d)", fd);
        want(fstat(fd, &st) == -1, "fstat(%d)", fd);
    }
    int fd = dup(1);
    want(close(fd) == 0 && close(fd) == -1, "closed twice");
    want(read(fd, &c, 1) == -1 && dup(fd) == -1, "a closed descriptor works");
}

// Each call that makes a descriptor returns the lowest free number.
static void
t_lowestfd(void)
{
    int p[2];
    int a = dup(0), b = dup(0), c = dup(0);

    want(a == 3 && b == 4 && c == 5, "dup gave %d %d %d", a, b, c);
    close(a);
    close(c);
    want(pipe(p) == 0 && p[0] == 3 && p[1] == 5, "pipe gave %d %d", p[0], p[1]);
    close(p[0]);
    close(b);
    want(open("/", O_RDONLY) == 3 && dup(3) == 4, "open and dup");
    close(0);
    want(dup(3) == 0, "0 is not the lowest");
}

// Opens until no descriptor is left: there are at least 16, and failing calls lose none.
static void
t_fdexhaust(void)
{
    int n = 3, p[2] = {-7, -7};

    while (dup(0) >= 0)
        n++;
    want(n >= 16, "only %d descriptors", n);
    want(open("/echo", O_RDONLY) == -1, "open without descriptors");
    want(open("f", O_CREATE | O_RDWR) == -1, "create without descriptors");
    unlink("f");
    for (int i = 0; i < 200; i++)
        want(pipe(p) == -1, "pipe without descriptors");
    close(n - 1);
    for (int i = 0; i < 200; i++)
        want(pipe(p) == -1, "pipe with one descriptor");
    want(dup(0) == n - 1, "the failed pipe has kept the descriptor");
    if (t_fork() == 0) {
        want(dup(0) == -1 && close(5) == 0 && dup(0) == 5, "the child's descriptors");
        exit(0);
    }
    t_wait_ok(1);
    want(close(5) == 0, "the child closed ours");
}

static void
open_many(long unused)
{
    int p[2];

    (void)unused;
    while (pipe(p) == 0)
        ;
    while (open("/echo", O_RDONLY) >= 0)
        ;
    sleep(2);
}

// Many processes with all their descriptors open at once; the table of open files may run out.
static void
t_fileexhaust(void)
{
    int n = 0;

    for (; n < 30; n++) {
        int pid = fork();
        if (pid == 0) {
            open_many(0);
            exit(0);
        }
        if (pid < 0)
            break;
    }
    t_wait_ok(n);
    int fd = t_open("f", O_CREATE | O_RDWR);
    close(fd);
    t_remove("f");
}

// On every kind of descriptor, length zero does nothing and negative lengths are refused.
static void
t_oddlengths(void)
{
    static const int len[] = {-1, -4096, (int)0x80000000, -0x7fffffff};
    char buf[8] = "abcdefg";
    int p[2];

    t_put(FILES, 6, 6);
    int fd = t_open(FILES, O_RDWR);
    want(pipe(p) == 0, "pipe failed");
    want(read(fd, buf, 0) == 0 && write(fd, buf, 0) == 0, "length 0 on a file");
    want(write(p[1], buf, 0) == 0, "length 0 on a pipe");
    for (int i = 0; i < 4; i++) {
        want(read(fd, buf, len[i]) <= 0, "read(file, %d)", len[i]);
        want(write(fd, buf, len[i]) <= 0, "write(file, %d)", len[i]);
        want(write(p[1], buf, len[i]) <= 0, "write(pipe, %d)", len[i]);
        want(write(1, buf, len[i]) <= 0, "write(console, %d)", len[i]);
    }
    want(write(p[1], "k", 1) == 1, "write to pipe failed");
    for (int i = 0; i < 4; i++)
        want(read(p[0], buf, len[i]) <= 0, "read(pipe, %d)", len[i]);
    want(strcmp(buf, "abcdefg") == 0, "the buffer has changed");
    close(fd);
    t_get(FILES, 6, 6);
    t_remove(FILES);
}

// argptest: a buffer near the end of memory with a length beyond it.
static void
t_argptest(void)
{
    int fd = t_open("/echo", O_RDONLY);
    char *end = sbrk(0);

    want(read(fd, end - 1, -1) == -1, "read of -1 bytes");
    int n = read(fd, end - 1, 0x7fffffff);
    want(n == -1 || n == 1, "read of INT_MAX bytes: %d", n);
    want(write(1, end - 1, 0x7fffffff) <= 1, "write of INT_MAX bytes");
    close(fd);
}

// dup shares the offset; two opens do not.
static void
t_dupoffset(void)
{
    char a, b, c;

    t_put("f", 100, 7);
    int fd = t_open("f", O_RDONLY), other = t_open("f", O_RDONLY), copy = dup(fd);
    want(read(fd, &a, 1) == 1 && read(copy, &b, 1) == 1 && read(other, &c, 1) == 1, "read failed");
    want(a == t_byte(7, 0) && b == t_byte(7, 1) && c == a, "wrong offsets");
    close(fd);
    want(read(copy, &a, 1) == 1 && a == t_byte(7, 2), "the copy after a close");
    t_remove("f");
}

// A descriptor lives through exec and ends with the process; the child's close is its own.
static void
t_inheritfd(void)
{
    char *argv[] = {"echo", "through", 0};
    char buf[16];
    int p[2];

    want(pipe(p) == 0, "pipe failed");
    if (t_fork() == 0) {
        close(1);
        want(dup(p[1]) == 1, "dup gave no 1");
        exec("/echo", argv);
        exit(1);
    }
    close(p[1]);
    t_wait_ok(1);
    int n = 0, r;
    while ((r = read(p[0], buf + n, sizeof(buf) - n)) > 0)
        n += r;
    want(n == 8 && memcmp(buf, "through\n", 8) == 0, "%d bytes came through", n);
}

const struct test fd_tests[] = {
    TEST(badfd, 0),       TEST(lowestfd, 0),   TEST(fdexhaust, 0),
    TEST(fileexhaust, 0), TEST(oddlengths, 0), TEST(argptest, 0),
    TEST(dupoffset, 0),   TEST(inheritfd, 0),  {0, 0, 0},
};

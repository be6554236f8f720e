// SPDX-License-Identifier: MIT
// files.c - workloads: contents of files.
#include "failnth.h"

#define FILE  "f"
#define SMALL 5000
#define BIG   (20 * PAGE + 17) // needs indirect blocks

static char text[BIG], back[BIG];
static int fd, length, position;

static char
letter(int i)
{
    return (char)('a' + i % 23);
}

static void
make_text(void)
{
    for (int i = 0; i < BIG; i++)
        text[i] = letter(i);
}

static long
create(void)
{
    return fd = open(FILE, O_CREATE | O_RDWR);
}

static long
open_again(void)
{
    return fd = open(FILE, O_RDONLY);
}

static long
truncate(void)
{
    return fd = open(FILE, O_RDWR | O_TRUNC);
}

// Writes the rest of the text; after a short write the offset tells how much is written.
static long
write_rest(void)
{
    while (position < length) {
        int n = write(fd, text + position, length - position);
        if (n < 0)
            return -1;
        position += n;
    }
    return 0;
}

static long
read_rest(void)
{
    while (position < length) {
        int n = read(fd, back + position, length - position);
        if (n < 0)
            return -1;
        want(n > 0, "the file is shorter than what was written");
        position += n;
    }
    return 0;
}

static long
write_back(void)
{
    return sync();
}

static void
read_and_compare(void)
{
    char c;

    step("open", open_again);
    position = 0;
    step("read", read_rest);
    want(memcmp(text, back, length) == 0, "the file has other contents");
    want(read(fd, &c, 1) <= 0, "the file is longer than what was written");
    close(fd);
}

static int
write_and_read(int n)
{
    make_text();
    length = n;
    step("create", create);
    step("write", write_rest);
    close(fd);
    read_and_compare();
    return met();
}

static int
run_small(void)
{
    return write_and_read(SMALL);
}

static int
run_big(void)
{
    return write_and_read(BIG);
}

static void
make_big(void)
{
    make_text();
    fd = open(FILE, O_CREATE | O_RDWR);
    prepared(fd >= 0 && write(fd, text, BIG) == BIG, FILE);
    close(fd);
}

static int
run_read(void)
{
    make_text();
    length = BIG;
    read_and_compare();
    return met();
}

static int
run_truncate(void)
{
    make_text();
    step("open with O_TRUNC", truncate);
    length = SMALL;
    step("write", write_rest);
    close(fd);
    read_and_compare();
    return met();
}

static int
run_sync(void)
{
    make_text();
    length = BIG;
    step("create", create);
    step("write", write_rest);
    step("sync", write_back);
    close(fd);
    read_and_compare();
    return met();
}

const struct work file_works[] = {
    {"create", run_small, 0, "", WORK_QUICK}, {"big", run_big, 0, "", 0},
    {"read", run_read, make_big, "", 0},      {"truncate", run_truncate, make_big, "", WORK_QUICK},
    {"sync", run_sync, 0, "", WORK_QUICK},    {0, 0, 0, 0, 0},
};

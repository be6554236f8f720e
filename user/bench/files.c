// SPDX-License-Identifier: MIT
// files.c - rows for files.
//
// Rows      create     create a file, write 1 KiB in one call, close, unlink
//           append     write 4 KiB at the end of an open file
//           read       read 4 KiB from a file of 1 MiB in the cache; one read in 256 meets the end
//                      and opens the file again, which is part of the figure
//           openclose  open a file for reading and close it
// Next      maps.c
#include "bench.h"

#define PATH "/bench.tmp"
#define SIZE 4096

static char buf[SIZE];
static int fd = -1;

static int
op_create(int n)
{
    while (n-- > 0) {
        int f = open(PATH, O_CREATE | O_RDWR);
        if (f < 0 || write(f, buf, 1024) != 1024 || close(f) < 0 || unlink(PATH) < 0)
            return -1;
    }
    return 0;
}

static int
setup_append(void)
{
    fd = open(PATH, O_CREATE | O_TRUNC | O_RDWR);
    return fd;
}

static int
op_append(int n)
{
    while (n-- > 0) {
        if (write(fd, buf, SIZE) != SIZE)
            return -1;
    }
    return 0;
}

static void
end_file(void)
{
    close(fd);
    unlink(PATH);
}

static int
op_read(int n)
{
    while (n > 0) {
        int got = read(fd, buf, SIZE);
        if (got == SIZE) {
            n--;
            continue;
        }
        close(fd);
        fd = open(PATH, O_RDONLY);
        if (got < 0 || fd < 0)
            return -1;
    }
    return 0;
}

static int
setup_read(void)
{
    if (setup_append() < 0 || op_append(MIB / SIZE) < 0)
        return -1;
    close(fd);
    fd = open(PATH, O_RDONLY);
    return fd;
}

static int
op_openclose(int n)
{
    while (n-- > 0) {
        int f = open("/echo", O_RDONLY);
        if (f < 0 || close(f) < 0)
            return -1;
    }
    return 0;
}

const struct row file_rows[] = {
    {"create", "create + write 1 KiB + unlink", 200, 10, 1, 0, op_create, 0},
    {"append", "append 4 KiB", 256, 16, 1, setup_append, op_append, end_file},
    {"read", "read 4 KiB, cached", 2000, 256, 1, setup_read, op_read, end_file},
    {"openclose", "open + close", 1000, 50, 1, 0, op_openclose, 0},
    {0, 0, 0, 0, 0, 0, 0, 0},
};

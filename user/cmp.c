// SPDX-License-Identifier: MIT
// cmp.c - compare two files byte by byte. Exit status: 0 the same, 1 different, 2 trouble.
#include "ulib/cmd.h"
#include "ulib/line.h"
#include "user/user.h"

#include "abi/fcntl.h"

static struct reader a, b;

static void
open_one(struct reader *r, const char *path)
{
    int fd = open(path, O_RDONLY);

    if (fd < 0) {
        fail("cmp", path);
        exit(2);
    }
    reader_init(r, fd);
}

int
main(int argc, char **argv)
{
    unsigned long offset = 0, line = 1;
    int x, y;

    if (argc != 3)
        usage("cmp file1 file2");
    open_one(&a, argv[1]);
    open_one(&b, argv[2]);
    do {
        x = reader_char(&a);
        y = reader_char(&b);
        offset++;
        line += x == '\n' && x == y;
    } while (x == y && x >= 0);
    if (x == -2 || y == -2) {
        fail("cmp", argv[x == -2 ? 1 : 2]);
        return 2;
    }
    if (x == y)
        return 0;
    if (x < 0 || y < 0)
        printf("%s ends first, after %lu bytes\n", argv[x < 0 ? 1 : 2], offset - 1);
    else
        printf("%s %s differ: byte %lu, line %lu\n", argv[1], argv[2], offset, line);
    return 1;
}

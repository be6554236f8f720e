// SPDX-License-Identifier: MIT
// cat.c - files, or standard input, to standard output.
#include "lib/lib.h"

static char buf[512];

static void
copy(int fd)
{
    int n;

    while ((n = read(fd, buf, sizeof(buf))) > 0) {
        if (write(1, buf, n) != n)
            exit(2);
    }
    if (n < 0)
        exit(3);
}

int
main(int argc, char **argv)
{
    if (argc < 2)
        copy(0);
    for (int i = 1; i < argc; i++) {
        int fd = open(argv[i], O_RDONLY);
        if (fd < 0) {
            printf("cannot open %s\n", argv[i]);
            exit(1);
        }
        copy(fd);
        close(fd);
    }
    exit(0);
}

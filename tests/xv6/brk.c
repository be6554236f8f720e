// SPDX-License-Identifier: MIT
// brk.c - sbrk as older programs call it, with one argument.
#include "lib/lib.h"

// Counts the pages from 0 up to end that a call cannot read: only the guard page is one.
static int
holes(char *end)
{
    int fds[2], n = 0;
    char c;

    if (pipe(fds) < 0)
        exit(1);
    for (char *p = 0; p < end; p += 4096) {
        if (write(fds[1], p, 1) != 1)
            n++;
        else
            read(fds[0], &c, 1);
    }
    return n;
}

int
main(void)
{
    char *start = sbrk(0);
    int dirty = 0;

    printf("%d ", (uint64)start % 4096 == 0);
    printf("%d ", sbrk(10000) == start && sbrk(0) == start + 10000);
    for (int i = 0; i < 10000; i++) {
        dirty += start[i] != 0;
        start[i] = i;
    }
    printf("%d ", dirty);
    printf("%d ", sbrk(-10000) == start + 10000 && sbrk(0) == start);
    printf("%d ", sbrk(4096) == start && start[5] == 0);
    printf("%d ", holes(start));
    printf("%d\n", sbrk(0x7ffff000) == (char *)-1 || sbrk(-0x7ffff000) != (char *)-1);
    exit(0);
}

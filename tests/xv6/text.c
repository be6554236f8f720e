// SPDX-License-Identifier: MIT
// text.c - a store to the program's own code: older binaries may, newer ones die of it.
#include "lib/lib.h"

int
main(void)
{
    volatile char *code = (volatile char *)((uint64)&main & ~15UL);
    int status = 3, fds[2];

    if (fork() == 0) {
        *code = *code;
        exit(1);
    }
    wait(&status);
    printf("%d ", status);
    pipe(fds);
    write(fds[1], (char *)code, 4);
    printf("%d\n", read(fds[0], (char *)code, 4));
    exit(0);
}

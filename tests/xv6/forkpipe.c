// SPDX-License-Identifier: MIT
// forkpipe.c - numbers through a child that squares them.
#include "lib/lib.h"

int
main(void)
{
    int to[2], from[2], n, sum = 0, status = 9;

    if (pipe(to) < 0 || pipe(from) < 0)
        exit(1);
    int pid = fork();
    if (pid == 0) {
        close(to[1]);
        while (read(to[0], &n, sizeof(n)) == sizeof(n)) {
            n *= n;
            write(from[1], &n, sizeof(n));
        }
        exit(7);
    }
    for (int i = 1; i <= 100; i++) {
        write(to[1], &i, sizeof(i));
        if (read(from[0], &n, sizeof(n)) != sizeof(n))
            exit(2);
        sum += n;
    }
    close(to[1]);
    printf("%d %d", sum, wait(&status) == pid);
    printf(" %d %d\n", status, wait(0));
    exit(0);
}

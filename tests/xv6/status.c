// SPDX-License-Identifier: MIT
// status.c - how processes end: by exit, by kill, by a bad access.
#include "lib/lib.h"

static int
status_of(int way)
{
    int status = 99, pid = fork();

    if (pid == 0) {
        if (way == 0)
            exit(33);
        if (way == 1)
            exit(-2);
        if (way == 2)
            *(volatile int *)0x80000000L = 1;
        if (way == 3)
            *(volatile int *)0x3ffffff000L = 1;
        for (;;)
            ;
    }
    if (way == 4)
        kill(pid);
    if (wait(&status) != pid)
        exit(1);
    return status;
}

int
main(void)
{
    for (int way = 0; way < 5; way++)
        printf("%d ", status_of(way));
    printf("%d\n", wait(0));
    exit(12);
}

// SPDX-License-Identifier: MIT
// stack.c - one page of stack: nearly all of it may be used, and below it a store ends the process.
#include "lib/lib.h"

static int
sum(const char *bytes, int n)
{
    int s = 0;

    for (int i = 0; i < n; i++)
        s += bytes[i];
    return s;
}

static int
use(void)
{
    char much[3200];

    memset(much, 1, sizeof(much));
    return sum(much, sizeof(much));
}

// The address a page below sp.
static volatile char *
below(void)
{
    return (char *)__builtin_frame_address(0) - 4096;
}

int
main(void)
{
    int status = 5;

    printf("%d ", use());
    if (fork() == 0) {
        *below() = 1;
        exit(0);
    }
    wait(&status);
    printf("%d ", status);
    if (fork() == 0)
        exit(*below() + 1000);
    wait(&status);
    printf("%d\n", status);
    exit(0);
}

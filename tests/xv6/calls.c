// SPDX-License-Identifier: MIT
// calls.c - small calls: pids, clocks, numbers that mean nothing, bad arguments.
#include "lib/lib.h"

int
main(void)
{
    int pid = getpid(), start = uptime(), child = fork();

    if (child == 0)
        exit(getpid() > pid ? 0 : 1);
    printf("%d ", child > pid && wait(0) == child);
    printf("%d ", sleep(2) == 0 && uptime() - start >= 2);
    printf("%d ", nosuchcall(1));
    printf("%d %d ", open("absent", O_RDONLY), open((char *)-1L, O_RDONLY));
    printf("%d %d ", read(99, &pid, 4), write(1, (char *)0x3ffffff000L, 4) <= 0);
    printf("%d %d %d\n", kill(-1), exec("absent", 0), pipe((int *)0x3fffffe000L));
    exit(0);
}

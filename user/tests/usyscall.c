// SPDX-License-Identifier: MIT
// usyscall.c - functions that read the USYSCALL page: under trace, these calls must not appear.
#include "user/user.h"

#include "ulib/cmd.h"
#include "ulib/harts.h"

int
main(void)
{
    int pid = fork();

    if (pid == 0) {
        printf("sub getpid: %d, ugetpid: %d\n", getpid(), ugetpid());
        exit(0);
    }
    wait(0);
    close(99);
    printf("getpid: %d, ugetpid: %d\n", getpid(), ugetpid());
    printf("errno %d, harts %d, uptime %s\n", errno(), harts(), uptime() < 100000 ? "ok" : "wrong");
    return 0;
}

// SPDX-License-Identifier: MIT
// busyloop.c - keeps a hart busy for some ticks, one if not told how many, and succeeds.
#include "user/user.h"

int
main(int argc, char **argv)
{
    int end = uptime() + (argc > 1 ? atoi(argv[1]) : 1);

    while (uptime() < end)
        ;
    return 0;
}

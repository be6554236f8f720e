// SPDX-License-Identifier: MIT
// busyloop.c - keep a hart busy for some ticks (default 1), then exit with 0.
#include "user/user.h"

int
main(int argc, char **argv)
{
    int end = uptime() + (argc > 1 ? atoi(argv[1]) : 1);

    while (uptime() < end)
        ;
    return 0;
}

// SPDX-License-Identifier: MIT
// stats.c - print the kernel's counters.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "user/user.h"

int
main(int argc, char **argv)
{
    static char buf[4096];
    int n;

    (void)argv;
    if (argc > 1)
        usage("stats");
    n = statistics(buf, sizeof(buf));
    if (n < 0)
        return fail("stats", "statistics");
    return write_all(1, buf, (unsigned long)n) < 0 ? fail_write("stats", errno()) : 0;
}

// SPDX-License-Identifier: MIT
// uptime.c - how long the machine has been running, and how busy it is.
#include "ulib/alloc.h"
#include "ulib/cmd.h"
#include "ulib/harts.h"
#include "ulib/tr.h"
#include "user/user.h"

#include "abi/sysinfo.h"

#define TICKS_PER_SECOND 10
#define MOST             4096

// In English and in Chinese, whose characters are two columns wide.
static const struct phrase words[] = {
    {"up %d:%02d:%02d, %d hart, %d processes, %d running\n",
     "已运行 %d:%02d:%02d, %d 个核, %d 个进程, %d 个在运行\n"},
    {"up %d:%02d:%02d, %d harts, %d processes, %d running\n",
     "已运行 %d:%02d:%02d, %d 个核, %d 个进程, %d 个在运行\n"},
    {0, 0},
};

int
main(int argc, char **argv)
{
    int i, n, running = 0, seconds = uptime() / TICKS_PER_SECOND;
    struct procinfo *p;

    tr_use(words);
    (void)argv;
    if (argc > 1)
        usage("uptime");
    p = must_alloc(malloc(MOST * sizeof(*p)));
    n = procs(p, MOST);
    if (n < 0)
        return fail("uptime", "procs");
    for (i = 0; i < n && i < MOST; i++)
        running += p[i].state == PS_RUNNING || p[i].state == PS_RUNNABLE;
    printf(harts() == 1 ? tr("up %d:%02d:%02d, %d hart, %d processes, %d running\n")
                        : tr("up %d:%02d:%02d, %d harts, %d processes, %d running\n"),
           seconds / 3600, seconds / 60 % 60, seconds % 60, harts(), n, running);
    return 0;
}

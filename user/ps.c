// SPDX-License-Identifier: MIT
// ps.c - list the processes.
#include "ulib/alloc.h"
#include "ulib/cmd.h"
#include "ulib/out.h"
#include "ulib/tr.h"
#include "user/user.h"

#include "abi/sysinfo.h"

// In English and in Chinese, whose characters are two columns wide.
static const struct phrase words[] = {
    {"  PID  PPID STATE  HART  SIZE KB   MEM KB NAME\n",
     " 进程    父 状态     核  大小 KB  内存 KB 名字\n"},
    {"sleep", "睡眠"},
    {"ready", "就绪"},
    {"run", "运行"},
    {"zombie", "僵尸"},
    {0, 0},
};

static const char *
state_name(int state)
{
    switch (state) {
    case PS_SLEEPING:
        return "sleep";
    case PS_RUNNABLE:
        return "ready";
    case PS_RUNNING:
        return "run";
    case PS_ZOMBIE:
        return "zombie";
    }
    return "?";
}

static void
print(const struct procinfo *p)
{
    out_printf("%5d %5d %-6s %4d %8lu %8lu %.16s\n", p->pid, p->ppid, tr(state_name(p->state)),
               p->hart, p->sz / 1024, p->pages * 4, p->name);
}

int
main(int argc, char **argv)
{
    struct procinfo *p = 0;
    int i, n, room = 32;

    tr_use(words);
    (void)argv;
    if (argc > 1)
        usage("ps");
    do {
        room *= 2;
        p = must_alloc(realloc(p, (unsigned long)room * sizeof(*p)));
        n = procs(p, room);
    } while (n >= room);
    if (n < 0)
        return fail("ps", "procs");
    out_str(tr("  PID  PPID STATE  HART  SIZE KB   MEM KB NAME\n"));
    for (i = 0; i < n; i++)
        print(&p[i]);
    return out_done("ps", 0);
}

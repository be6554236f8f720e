// SPDX-License-Identifier: MIT
// watch.c - pgtbl watch: show how each fork, exec and memory call of a command changes its page
// table.
//
// Theory    The child asks to stop after certain calls (watch()); at each stop its table is read
//           and compared with that of the previous stop. The first is compared with our own, which
//           the child has inherited.
#include "pgtbl.h"

#include "json.h"

#include "user/user.h"

#include "ulib/cmd.h"
#include "ulib/out.h"
#include "ulib/run.h"

#include "abi/errno.h"
#include "abi/syscall.h"

#define BIT(call) (1UL << (call))
#define STOPS                                                                                      \
    (BIT(SYS_watch) | BIT(SYS_fork) | BIT(SYS_exec) | BIT(SYS_sbrk) | BIT(SYS_mmap) |              \
     BIT(SYS_munmap))

static unsigned long counts[SAME + 1];

static void
line(const struct change *c)
{
    char span[TEXT], size[TEXT], a[TEXT], b[TEXT];

    counts[c->how] += c->size / PGSIZE;
    if (json)
        json_change(c);
    if (json || c->how == SAME)
        return;
    flags_text(c->a, a);
    flags_text(c->b, b);
    out_printf("  %s%s %5s %-10s%s ", colour_of(c->region, c->a | c->b),
               span_text(c->start, c->start + c->size, span), size_text(c->size, size),
               region_name(c->region, c->prot), plain());
    if (c->how == ONLY_A)
        out_printf(tr("gone, had %s\n"), a);
    else if (c->how == ONLY_B)
        out_printf(tr("new: %s\n"), b);
    else if (c->how == OTHER_FRAME)
        out_printf(tr("other frames: %s, had %s\n"), b, a);
    else
        out_printf(tr("flags: %s, had %s\n"), b, a);
}

// The name of a call after which the child stops; "" for its first stop, after the fork.
static const char *
call_name(int call)
{
    switch (call) {
    case SYS_fork:
        return "fork";
    case SYS_exec:
        return "exec";
    case SYS_sbrk:
        return "sbrk";
    case SYS_mmap:
        return "mmap";
    case SYS_munmap:
        return "munmap";
    }
    return "";
}

static void
print_stop(int call, const struct table *before, const struct table *now)
{
    const char *name = call_name(call);

    out_printf(tr("after %s (break 0x%lx):\n"), *name ? name : tr("being forked"), now->q.sz);
    changes(before, now, line);
    out_printf(tr("  %lu pages as before, %lu changed, %lu new, %lu gone\n"), counts[SAME],
               counts[OTHER_FRAME] + counts[OTHER_FLAGS], counts[ONLY_B], counts[ONLY_A]);
}

static void
json_stop(int call, const struct table *before, const struct table *now)
{
    json_view("watch", now->pid, false);
    json_text("after", call_name(call));
    json_hex("break", now->q.sz);
    json_begin("changes", '[');
    changes(before, now, line);
    json_end(']');
    json_number("same", counts[SAME]);
    json_end('}');
}

// Shows the changes between two stops.
static int
show(int call, struct table *before, int pid)
{
    struct table now;

    if (table_load(&now, pid, 0, 0, MAXVA - 1))
        return 1;
    memset(counts, 0, sizeof(counts));
    if (json)
        json_stop(call, before, &now);
    else
        print_stop(call, before, &now);
    table_free(before);
    *before = now;
    return 0;
}

static void __attribute__((noreturn)) become(const char *path, char **args)
{
    int err;

    if (watch(0, STOPS) < 0)
        exit(fail("pgtbl", "watch"));
    exec(path, args);
    err = errno();
    fail_text("pgtbl", args[0], strerror(err));
    exit(err == ENOENT ? 127 : 126);
}

int
cmd_watch(char **args)
{
    char path[MAXPATH];
    struct table before;
    int call, pid, status = 0;

    command_path(args[0], path); // before fork, so that the child begins as our copy
    if (table_load(&before, getpid(), 0, 0, MAXVA - 1))
        return 1;
    pid = fork();
    if (pid < 0)
        return fail("pgtbl", "fork");
    if (pid == 0)
        become(path, args);
    if (!json)
        out_printf(tr("%s is process %d\n"), args[0], pid);
    while ((call = watch(pid, 0)) > 0 && show(call, &before, pid) == 0 && !out_failed())
        ;
    if (call > 0)
        kill(pid);
    while (wait(&status) != pid)
        ;
    if (!json)
        out_printf(tr("ended with status %d\n"), status);
    return status;
}

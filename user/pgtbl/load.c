// SPDX-License-Identifier: MIT
// load.c - read page tables and the process list from the kernel.
#include "pgtbl.h"

#include "user/user.h"

#include "ulib/alloc.h"
#include "ulib/cmd.h"
#include "ulib/format.h"

#include "abi/errno.h"

#define MANY 64 // entries asked for at a time

// Makes room before the entries are read: when the table is our own, growing the heap meanwhile
// would change it.
static void
make_room(struct table *t)
{
    if (t->n + MANY <= t->room)
        return;
    t->room = t->room ? 2 * t->room : 4 * MANY;
    t->e = must_alloc(realloc(t->e, (unsigned long)t->room * sizeof(*t->e)));
}

int
table_load(struct table *t, int pid, unsigned int what, unsigned long first, unsigned long last)
{
    char name[TEXT];
    int got;

    *t = (struct table){.pid = pid};
    t->q = (struct pgquery){.pid = pid, .what = what, .va = first, .level = PGQ_TOP, .last = last};
    do {
        make_room(t);
        got = pgmap(&t->q, t->e + t->n, MANY);
        t->n += got > 0 ? got : 0;
    } while (got > 0);
    if (got == 0)
        return 0;
    snprintf(name, sizeof(name), "%d", pid);
    return errno() == ESRCH ? no_process(name) : fail("pgtbl", name);
}

void
table_free(struct table *t)
{
    free(t->e);
    t->e = 0;
    t->n = t->room = 0;
}

struct procinfo *
processes(int *n)
{
    struct procinfo *p = 0;
    int room = 32;

    do {
        room *= 2;
        p = must_alloc(realloc(p, (unsigned long)room * sizeof(*p)));
        *n = procs(p, room);
    } while (*n >= room);
    return p;
}

const char *
process_name(int pid)
{
    static struct procinfo *list;
    static int n = -1;

    if (n < 0)
        list = processes(&n);
    for (int i = 0; i < n; i++) {
        if (list[i].pid == pid)
            return list[i].name;
    }
    return tr("ended");
}

static unsigned long
root_of(int pid, bool kernel)
{
    struct pgquery q = {
        .pid = pid, .what = PGQ_POINTERS | (kernel ? PGQ_KERNEL : 0), .level = PGQ_TOP};
    struct pgentry e[PTW_STEPS];

    return pgmap(&q, e, PTW_STEPS) < 0 ? 0 : q.root;
}

// Returns the kind of a table: "process", "kernel", or "process-kernel" for a third one.
const char *
table_id(int pid, bool kernel)
{
    unsigned long root = root_of(pid, kernel);

    if (pid == 0 || (kernel && root == root_of(0, false)))
        return "kernel";
    return kernel && root != root_of(pid, false) ? "process-kernel" : "process";
}

// Names a process's table, or the one that the kernel uses while it works for the process: by
// design that is the process's table, the kernel's, or a third.
const char *
table_name(int pid, bool kernel)
{
    static char name[64];
    const char *id = table_id(pid, kernel);

    if (strcmp(id, "kernel") == 0)
        return tr("the kernel's own table");
    snprintf(name, sizeof(name),
             strcmp(id, "process-kernel") == 0 ? tr("process %d (%s)'s kernel table")
                                               : tr("process %d (%s)'s table"),
             pid, process_name(pid));
    return name;
}

int
no_process(const char *pid)
{
    return fail_text("pgtbl", pid, "no such process; ps lists them, 0 is the kernel");
}

// The number of a process, or `self`.
bool
parse_pid(const char *s, int *pid)
{
    long value;

    if (strcmp(s, "self") == 0) {
        *pid = getpid();
        return true;
    }
    if (!number(s, &value) || value < 0 || value > 0x7fffffff) {
        no_process(s);
        return false;
    }
    *pid = (int)value;
    return true;
}

// SPDX-License-Identifier: MIT
// order.c - the order in which the sub-tests run.
//
// Theory    The course's grading scripts accept `test A: ... OK` only if the line of a certain other
//           sub-test follows. So the sub-tests that have the course's names run first, in the order
//           of its usertests. The others follow, group by group.
#include "t.h"

static const char *const course[] = {
    "execout",      "copyin",       "copyout",    "copyinstr1",  "copyinstr2", "copyinstr3",
    "rwsbrk",       "truncate1",    "truncate2",  "truncate3",   "reparent2",  "pgbug",
    "sbrkbugs",     "badarg",       "reparent",   "twochildren", "forkfork",   "forkforkfork",
    "argptest",     "createdelete", "linkunlink", "linktest",    "unlinkread", "concreate",
    "subdir",       "fourfiles",    "sharedfd",   "exectest",    "bigargtest", "bigwrite",
    "bsstest",      "sbrkbasic",    "sbrkmuch",   "kernmem",     "sbrkfail",   "sbrkarg",
    "validatetest", "stacktest",    "opentest",   "writetest",   "writebig",   "createtest",
    "openiput",     "exitiput",     "iput",       "mem",         "pipe1",      "preempt",
    "exitwait",     "rmdot",        "fourteen",   "bigfile",     "dirfile",    "iref",
    "forktest",     "bigdir",
};

#define NCOURSE ((int)(sizeof(course) / sizeof(course[0])))

static int
of_course(const char *name)
{
    for (int i = 0; i < NCOURSE; i++) {
        if (strcmp(course[i], name) == 0)
            return 1;
    }
    return 0;
}

static const struct test *
find(const struct test *const *groups, const char *name)
{
    for (; *groups; groups++) {
        for (const struct test *t = *groups; t->name; t++) {
            if (strcmp(t->name, name) == 0)
                return t;
        }
    }
    return 0;
}

// Puts the sub-tests of all groups, a null-terminated list, into `all` in the order in which they
// run. `all` has room for T_MOST of them.
// Returns   their number.
int
t_order(const struct test *const *groups, const struct test **all)
{
    int n = 0;

    for (int i = 0; i < NCOURSE; i++) {
        all[n] = find(groups, course[i]);
        n += all[n] != 0;
    }
    for (; *groups; groups++) {
        for (const struct test *t = *groups; t->name && n < T_MOST; t++) {
            if (!of_course(t->name))
                all[n++] = t;
        }
    }
    return n;
}

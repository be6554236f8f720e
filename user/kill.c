// SPDX-License-Identifier: MIT
// kill.c - end processes.
#include "ulib/cmd.h"
#include "user/user.h"

static int
kill_one(const char *pid)
{
    long n;

    if (!number(pid, &n) || n <= 0 || n != (int)n)
        return fail_text("kill", pid, "not a process number");
    return kill((int)n) < 0 ? fail("kill", pid) : 0;
}

int
main(int argc, char **argv)
{
    struct args a;
    int status = 0;

    (void)argc;
    args_init(&a, argv);
    if (args_option(&a, "") || !*a.next)
        usage("kill pid ...");
    for (; *a.next; a.next++)
        status |= kill_one(*a.next);
    return status;
}

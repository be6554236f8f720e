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
    (void)argc;
    return each_operand(argv, "kill pid ...", kill_one);
}

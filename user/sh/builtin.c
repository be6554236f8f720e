// SPDX-License-Identifier: MIT
// builtin.c - the commands that must run in the shell itself.
#include "builtin.h"

#include "expand.h"
#include "test.h"
#include "ulib/cmd.h"
#include "user/user.h"

#include "abi/errno.h"
#include "abi/onintr.h"

static int
cd(char **argv)
{
    const char *to = argv[1] ? argv[1] : "/";

    if (argv[1] && argv[2]) {
        fprintf(2, "usage: cd [directory]\n");
        return 2;
    }
    return chdir(to) < 0 ? fail("cd", to) : 0;
}

// Ends the shell, with the status of the last command unless one is given.
static int
leave(char **argv)
{
    long status = values.status;

    if (argv[1] && (argv[2] || !number(argv[1], &status))) {
        fprintf(2, "usage: exit [status]\n");
        return 2;
    }
    exit((int)status);
}

// Waits until no child is left, or ^C comes.
static int
wait_all(char **argv)
{
    (void)argv;
    while (wait(0) > 0)
        ;
    return errno() == EINTR ? INTR_STATUS : 0;
}

static int
nothing(char **argv)
{
    (void)argv;
    return 0;
}

builtin_fn *
builtin_find(const char *name)
{
    static const struct {
        const char *name;
        builtin_fn *run;
    } table[] = {{"cd", cd},     {"exit", leave}, {"wait", wait_all},
                 {":", nothing}, {"test", test},  {"[", test}};
    unsigned long i;

    for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (strcmp(table[i].name, name) == 0)
            return table[i].run;
    return 0;
}

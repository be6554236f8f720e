// SPDX-License-Identifier: MIT
// run.c - starting other programs.
#include "ulib/run.h"

#include "ulib/cmd.h"
#include "ulib/file.h"
#include "user/user.h"

#include "abi/errno.h"

// Becomes the program argv[0]; a name without a slash is also looked for in the root when nothing
// of that name here is a program.
// Returns   only on failure: the number of the error.
int
exec_search(char **argv)
{
    char path[MAXPATH];
    int err, first;

    exec(argv[0], argv);
    first = errno();
    if (first == E2BIG || strchr(argv[0], '/') || path_join(path, "/", argv[0]) < 0)
        return first;
    exec(path, argv);
    err = errno();
    return err == ENOENT ? first : err;
}

static void __attribute__((noreturn)) become(const char *cmd, char **argv)
{
    int err = exec_search(argv);

    fail_text(cmd, argv[0], strerror(err));
    exit(err == ENOENT ? NOT_FOUND : CANNOT_RUN);
}

// Runs a program and waits until it ends.
int
run_wait(const char *cmd, char **argv)
{
    int status = 0, ended, pid = fork();

    if (pid < 0) {
        fail(cmd, "fork");
        return CANNOT_RUN;
    }
    if (pid == 0)
        become(cmd, argv);
    do {
        ended = wait(&status);
    } while (ended != pid && ended > 0);
    return ended == pid ? status : CANNOT_RUN;
}

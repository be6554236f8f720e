// SPDX-License-Identifier: MIT
// run.c - starting other programs.
#include "ulib/run.h"

#include "ulib/cmd.h"
#include "ulib/file.h"
#include "user/user.h"

#include "abi/errno.h"

// The directories to search for a command without a slash in its name, after the current directory.
// Disks of other systems have their programs in the root.
const char *const command_dirs[] = {"/bin", "/tests", "/", 0};

static bool
is_program(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && st.type == T_FILE;
}

// Finds the file of a command where exec_search() does, but without trying to run it.
// Returns   0; -1 when there is none, and then the path is the name, or empty for one too long.
int
command_path(const char *name, char path[MAXPATH])
{
    int i;

    path[0] = 0;
    if (path_join(path, "", name) < 0)
        return -1;
    if (is_program(path))
        return 0;
    for (i = 0; command_dirs[i] && !strchr(name, '/'); i++)
        if (path_join(path, command_dirs[i], name) == 0 && is_program(path))
            return 0;
    path_join(path, "", name);
    return -1;
}

// Executes the program argv[0]; a name without a slash that is no program in the current directory
// is searched for in command_dirs.
// Returns   only on failure: the number of the error.
int
exec_search(char **argv)
{
    char path[MAXPATH];
    int err, result, i;

    exec(argv[0], argv);
    result = errno();
    if (result == E2BIG || strchr(argv[0], '/'))
        return result;
    for (i = 0; command_dirs[i]; i++) {
        if (path_join(path, command_dirs[i], argv[0]) < 0)
            continue;
        exec(path, argv);
        err = errno();
        if (err != ENOENT)
            result = err;
        if (err == E2BIG)
            break;
    }
    return result;
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

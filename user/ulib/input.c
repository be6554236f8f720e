// SPDX-License-Identifier: MIT
// input.c - the input files of a command.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "user/user.h"

#include "abi/fcntl.h"

// Opens one file and calls work() for it.
static int
one_input(const char *cmd, const char *path, input_fn *work)
{
    struct stat st;
    int fd, status;

    if (strcmp(path, "-") == 0)
        return work(0, "-");
    fd = open(path, O_RDONLY);
    if (fd < 0)
        return fail(cmd, path);
    if (fstat(fd, &st) == 0 && st.type == T_DIR)
        status = fail_text(cmd, path, "is a directory");
    else
        status = work(fd, path);
    close(fd);
    return status;
}

// Calls work() for each file; a file that cannot be read does not stop the others.
// Returns   the OR of all statuses.
int
each_input(const char *cmd, char **paths, input_fn *work)
{
    int status = 0;

    if (!*paths)
        return work(0, "-");
    for (; *paths; paths++)
        status |= one_input(cmd, *paths, work);
    return status;
}

// SPDX-License-Identifier: MIT
// input.c - the files that a command was told to read.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "user/user.h"

#include "abi/fcntl.h"

// Opens one file and hands it on.
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

// Hands each file to work; one that cannot be read does not keep the others from their turn.
// Returns   all statuses, joined.
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

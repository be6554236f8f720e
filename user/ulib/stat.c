// SPDX-License-Identifier: MIT
// stat.c - the file that a path names.
#include "ulib/file.h"
#include "user/user.h"

#include "abi/fcntl.h"
#include "abi/stat.h"

static int
stat_opened(const char *path, int flags, struct stat *st)
{
    int fd = open(path, flags);
    int r;

    if (fd < 0)
        return -1;
    r = fstat(fd, st);
    close(fd);
    return r;
}

int
stat(const char *path, struct stat *st)
{
    return stat_opened(path, O_RDONLY, st);
}

int
lstat(const char *path, struct stat *st)
{
    return stat_opened(path, O_RDONLY | O_NOFOLLOW, st);
}

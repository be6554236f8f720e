// SPDX-License-Identifier: MIT
// touch.c - make files that are not there, empty.
#include "ulib/cmd.h"
#include "user/user.h"

#include "abi/fcntl.h"
#include "abi/stat.h"

static int
touch(const char *path)
{
    struct stat st;
    int fd;

    if (stat(path, &st) == 0)
        return 0;
    fd = open(path, O_WRONLY | O_CREATE);
    if (fd < 0)
        return fail("touch", path);
    close(fd);
    return 0;
}

int
main(int argc, char **argv)
{
    (void)argc;
    return each_operand(argv, "touch file ...", touch);
}

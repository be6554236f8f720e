// SPDX-License-Identifier: MIT
// cat.c - print files one after the other.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "user/user.h"

static int
cat(int fd, const char *name)
{
    int r = copy_fd(fd, 1);

    if (r == -2)
        exit(fail_write("cat", errno()));
    return r < 0 ? fail("cat", name) : 0;
}

int
main(int argc, char **argv)
{
    struct args a;

    (void)argc;
    args_init(&a, argv);
    if (args_option(&a, ""))
        usage("cat [file ...]");
    return each_input("cat", a.next, cat);
}

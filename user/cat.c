// SPDX-License-Identifier: MIT
// cat.c - print files one after the other.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "user/user.h"

#include "abi/fcntl.h"

// Prints one file; `-` is standard input.
static int
cat(const char *path)
{
    int fd = strcmp(path, "-") == 0 ? 0 : open(path, O_RDONLY);
    int r;

    if (fd < 0)
        return fail("cat", path);
    if (fd > 0 && is_dir(path)) {
        close(fd);
        return fail_text("cat", path, "is a directory");
    }
    r = copy_fd(fd, 1);
    if (r == -2)
        exit(fail("cat", "write"));
    if (r < 0)
        fail("cat", path);
    if (fd > 0)
        close(fd);
    return r < 0;
}

int
main(int argc, char **argv)
{
    struct args a;
    int status = 0;

    (void)argc;
    args_init(&a, argv);
    if (args_option(&a, ""))
        usage("cat [file ...]");
    if (!*a.next)
        return cat("-");
    for (; *a.next; a.next++)
        status |= cat(*a.next);
    return status;
}

// SPDX-License-Identifier: MIT
// mv.c - rename files, or move them into a directory.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "user/user.h"

#define USAGE "mv file ... target"

static int
move(const char *from, const char *to)
{
    return rename(from, to) < 0 ? fail("mv", from) : 0;
}

static int
move_into(const char *from, const char *dir)
{
    char path[MAXPATH];

    if (path_join(path, dir, basename(from)) < 0)
        return fail_text("mv", from, "path too long");
    return move(from, path);
}

int
main(int argc, char **argv)
{
    struct args a;
    const char *to;
    int i, n, status = 0;

    args_init(&a, argv);
    if (args_option(&a, ""))
        usage(USAGE);
    n = argc - (int)(a.next - argv);
    if (n < 2)
        usage(USAGE);
    to = a.next[n - 1];
    if (!is_dir(to))
        return n == 2 ? move(a.next[0], to) : fail_text("mv", to, "not a directory");
    for (i = 0; i < n - 1; i++)
        status |= move_into(a.next[i], to);
    return status;
}

// SPDX-License-Identifier: MIT
// mkdir.c - make directories; with -p missing parents too, and an existing directory is no error.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "user/user.h"

// Makes the directories on the way to path, and path.
static int
make_all(const char *path)
{
    char part[MAXPATH];
    unsigned long i, n = strlen(path);

    if (n >= MAXPATH)
        return fail_text("mkdir", path, "name too long");
    for (i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != 0)
            continue;
        memmove(part, path, i);
        part[i] = 0;
        if (!is_dir(part) && mkdir(part) < 0)
            return fail("mkdir", part);
    }
    return 0;
}

int
main(int argc, char **argv)
{
    struct args a;
    bool parents = false;
    int c, status = 0;

    (void)argc;
    args_init(&a, argv);
    while ((c = args_option(&a, "p"))) {
        if (c == '?')
            usage("mkdir [-p] directory ...");
        parents = true;
    }
    if (!*a.next)
        usage("mkdir [-p] directory ...");
    for (; *a.next; a.next++) {
        if (parents)
            status |= make_all(*a.next);
        else if (mkdir(*a.next) < 0)
            status = fail("mkdir", *a.next);
    }
    return status;
}

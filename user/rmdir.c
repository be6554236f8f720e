// SPDX-License-Identifier: MIT
// rmdir.c - remove empty directories.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "user/user.h"

static int
rmdir(const char *path)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return fail("rmdir", path);
    if (st.type != T_DIR)
        return fail_text("rmdir", path, "not a directory");
    return unlink(path) < 0 ? fail("rmdir", path) : 0;
}

int
main(int argc, char **argv)
{
    struct args a;
    int status = 0;

    (void)argc;
    args_init(&a, argv);
    if (args_option(&a, "") || !*a.next)
        usage("rmdir directory ...");
    for (; *a.next; a.next++)
        status |= rmdir(*a.next);
    return status;
}

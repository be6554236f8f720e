// SPDX-License-Identifier: MIT
// rmdir.c - remove empty directories.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "user/user.h"

static int
rmdir(const char *path)
{
    struct stat st;

    if (lstat(path, &st) < 0)
        return fail("rmdir", path);
    if (st.type != T_DIR)
        return fail_text("rmdir", path, "not a directory");
    return unlink(path) < 0 ? fail("rmdir", path) : 0;
}

int
main(int argc, char **argv)
{
    (void)argc;
    return each_operand(argv, "rmdir directory ...", rmdir);
}

// SPDX-License-Identifier: MIT
// pwd.c - print the path of the current directory: look up each directory's name in its parent.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "user/user.h"

static char path[64 * 1024];
static char *start = path + sizeof(path) - 1;

// Puts /name in front of the path.
static int
prepend(const char *name)
{
    unsigned long n = strlen(name);

    if ((unsigned long)(start - path) < n + 1)
        return -1;
    start -= n;
    memmove(start, name, n);
    *--start = '/';
    return 0;
}

// Finds the name that inode ino has in the directory above.
// Returns   0 when it is found.
static int
find_name(unsigned int ino, char name[DIRSIZ + 1])
{
    char inner[MAXPATH];
    struct stat st;
    struct dir d;
    int found = -1;

    if (dir_open(&d, "..") < 0)
        return -1;
    while (found < 0 && dir_next(&d, name) > 0)
        if (path_join(inner, "..", name) == 0 && stat(inner, &st) == 0 && st.ino == ino)
            found = 0;
    dir_close(&d);
    return found;
}

int
main(int argc, char **argv)
{
    char name[DIRSIZ + 1];
    struct stat here, above;

    (void)argv;
    if (argc > 1)
        usage("pwd");
    for (;;) {
        if (stat(".", &here) < 0 || stat("..", &above) < 0)
            return fail("pwd", ".");
        if (here.ino == above.ino)
            break;
        if (find_name(here.ino, name) < 0)
            return fail_text("pwd", ".", "has no name in the directory above");
        if (prepend(name) < 0)
            return fail_text("pwd", ".", "path too long");
        if (chdir("..") < 0)
            return fail("pwd", "..");
    }
    return printf("%s\n", *start ? start : "/") < 0 ? fail_write("pwd", errno()) : 0;
}

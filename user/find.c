// SPDX-License-Identifier: MIT
// find.c - print the paths of the files below a directory, those of a name or a type only.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/listing.h"
#include "ulib/match.h"
#include "ulib/out.h"
#include "user/user.h"

#define USAGE "find [path ...] [-name pattern] [-type f|d|c|l]"

static const char *pattern;
static short wanted; // type, 0: any

static int find(const char *path);

static int
find_below(const char *path)
{
    char inner[MAXPATH];
    struct listing l;
    unsigned long i;
    int status = 0;

    if (listing_read(&l, path, false) < 0)
        status = fail("find", path);
    for (i = 0; i < l.n && !out_failed(); i++) {
        if (path_join(inner, path, l.v[i]) < 0)
            status |= fail_text("find", l.v[i], "path too long");
        else
            status |= find(inner);
    }
    listing_free(&l);
    return status;
}

static int
find(const char *path)
{
    struct stat st;

    if (lstat(path, &st) < 0)
        return fail("find", path);
    if ((!wanted || st.type == wanted) && (!pattern || glob_match(pattern, basename(path))))
        out_printf("%s\n", path);
    return st.type == T_DIR ? find_below(path) : 0;
}

static short
type_of(const char *s)
{
    if (strcmp(s, "f") == 0)
        return T_FILE;
    if (strcmp(s, "d") == 0)
        return T_DIR;
    if (strcmp(s, "c") == 0)
        return T_DEVICE;
    if (strcmp(s, "l") == 0)
        return T_SYMLINK;
    usage(USAGE);
}

// Reads the tests, and takes them off the list of paths.
static void
tests(char **args)
{
    char **p;

    for (p = args; *p && (*p)[0] != '-'; p++)
        ;
    args = p;
    for (; *p; p += 2) {
        if (!p[1])
            usage(USAGE);
        if (strcmp(*p, "-name") == 0)
            pattern = p[1];
        else if (strcmp(*p, "-type") == 0)
            wanted = type_of(p[1]);
        else
            usage(USAGE);
    }
    *args = 0;
}

int
main(int argc, char **argv)
{
    int i, status = 0;

    tests(argv + 1);
    if (argc == 1 || !argv[1])
        return out_done("find", find("."));
    for (i = 1; argv[i]; i++)
        status |= find(argv[i]);
    return out_done("find", status);
}

// SPDX-License-Identifier: MIT
// find.c - print the paths of the files below a directory; tests select them by name or type.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/match.h"
#include "ulib/out.h"
#include "ulib/tree.h"
#include "user/user.h"

#define USAGE "find [path ...] [-name pattern] [-type f|d|c|l]"

static const char *pattern;
static short wanted; // type, 0: any

static int
visit(const struct tree *t, enum tree_event event)
{
    if (event == TREE_FAILED)
        return fail("find", t->path.p);
    if (event == TREE_LOST)
        return fail_text("find", t->path.p, "moved meanwhile; what is above it is not searched");
    if (event != TREE_LEFT && (!wanted || t->st.type == wanted) &&
        (!pattern || glob_match(pattern, basename(t->path.p)))) {
        out_name(t->path.p);
        out_char('\n');
    }
    return 0;
}

static int
find(const char *path)
{
    enum tree_event event;
    struct tree t;
    int status = 0;

    tree_begin(&t, path);
    while (!out_failed() && (event = tree_next(&t)) != TREE_END)
        status |= visit(&t, event);
    return status;
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

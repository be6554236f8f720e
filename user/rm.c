// SPDX-License-Identifier: MIT
// rm.c - remove files; with -r directories and what is in them; with -f without complaint about
// what is not there.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/listing.h"
#include "user/user.h"

#include "abi/errno.h"

#define USAGE "rm [-rf] file ..."

static bool recursive, force;

static int remove(const char *path);

static int
remove_contents(const char *path)
{
    char inner[MAXPATH];
    struct listing l;
    unsigned long i;
    int status = 0;

    if (listing_read(&l, path, false) < 0)
        status = fail("rm", path);
    for (i = 0; i < l.n; i++) {
        if (path_join(inner, path, l.v[i]) < 0)
            status |= fail_text("rm", l.v[i], "path too long");
        else
            status |= remove(inner);
    }
    listing_free(&l);
    return status;
}

static int
remove(const char *path)
{
    struct stat st;
    bool directory = lstat(path, &st) == 0 && st.type == T_DIR; // a link goes, not what it leads to
    const char *name = basename(path);

    if (directory && !recursive)
        return fail_text("rm", path, "is a directory");
    if (directory && (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0))
        return fail_text("rm", path, "cannot be removed");
    if (directory && remove_contents(path) != 0)
        return 1;
    if (unlink(path) == 0 || (force && errno() == ENOENT))
        return 0;
    return fail("rm", path);
}

int
main(int argc, char **argv)
{
    struct args a;
    int c, status = 0;

    (void)argc;
    args_init(&a, argv);
    while ((c = args_option(&a, "rf"))) {
        if (c == '?')
            usage(USAGE);
        recursive |= c == 'r';
        force |= c == 'f';
    }
    if (!*a.next && !force)
        usage(USAGE);
    for (; *a.next; a.next++)
        status |= remove(*a.next);
    return status;
}

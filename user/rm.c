// SPDX-License-Identifier: MIT
// rm.c - remove files; with -r directories and their contents; with -f a missing file is no error.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/tree.h"
#include "user/user.h"

#include "abi/errno.h"

#define USAGE "rm [-rf] file ..."

static bool recursive, force;

// Removes one entry of a tree; a directory after its contents. A `status` other than 0 says that a
// message about its contents has been printed.
// Returns   0, or 1 with a message.
static int
remove_entry(const struct tree *t, enum tree_event event, int status)
{
    if (event == TREE_DIR)
        return 0;
    if (event == TREE_LOST)
        return fail_text("rm", t->path.p, "moved meanwhile; what is above it stays");
    if (event != TREE_FAILED && unlink(t->name) == 0)
        return 0;
    return event == TREE_LEFT && status && errno() == ENOTEMPTY ? 1 : fail("rm", t->path.p);
}

static int
remove_tree(const char *path)
{
    enum tree_event event;
    struct tree t;
    int status = 0;

    tree_begin(&t, path);
    while ((event = tree_next(&t)) != TREE_END)
        status |= remove_entry(&t, event, status);
    return status;
}

static int
remove(const char *path)
{
    struct stat st;
    const char *name = basename(path);

    if (lstat(path, &st) == 0 && st.type == T_DIR) { // a link is removed, not its target
        if (!recursive)
            return fail_text("rm", path, "is a directory");
        if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            return fail_text("rm", path, "cannot be removed");
        return remove_tree(path);
    }
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

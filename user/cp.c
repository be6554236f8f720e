// SPDX-License-Identifier: MIT
// cp.c - copy files; with -r directories and their contents, links as links.
#include "ulib/alloc.h"
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/tree.h"
#include "user/user.h"

#include "abi/fcntl.h"

#define USAGE "cp [-r] file ... target"

static bool recursive;
static unsigned int made; // the first directory made: it must not be copied into itself

// A file or directory to copy or make: its name in the current directory, and its path for
// messages.
struct item {
    const char *name, *path;
};

// Copies all bytes that can be read from `in` to a file.
static int
copy_data(int in, const char *from, struct item to)
{
    int out = open(to.name, O_WRONLY | O_CREATE | O_TRUNC);
    int r;

    if (out < 0)
        return fail("cp", to.path);
    r = copy_fd(in, out);
    if (r < 0)
        fail("cp", r == -2 ? to.path : from);
    close(out);
    return r < 0;
}

static int
copy_open_file(int in, const char *from, struct item to)
{
    struct stat a, b;

    if (fstat(in, &a) == 0 && stat(to.name, &b) == 0 && a.ino == b.ino && a.dev == b.dev)
        return fail_text("cp", to.path, "is the file to be copied");
    return copy_data(in, from, to);
}

// ---- A tree: the current directory is the original's; it becomes the copy's while an entry is
// made.

static int there; // the directory of the copy, open

static int
copy_file(const struct tree *t, struct item to)
{
    int status, in = open(t->name, O_RDONLY);

    if (in < 0)
        return fail("cp", t->path.p);
    fchdir(there);
    status = copy_open_file(in, t->path.p, to);
    tree_return(t);
    close(in);
    return status;
}

static int
copy_link(const struct tree *t, struct item to)
{
    char target[MAXPATH];
    int status = 0, n = readlink(t->name, target, sizeof(target) - 1);

    if (n < 0)
        return fail("cp", t->path.p);
    target[n] = 0;
    fchdir(there);
    if (symlink(target, to.name) < 0)
        status = fail("cp", to.path);
    tree_return(t);
    return status;
}

// Makes the directory of a copy, which may be there, and goes into it. A link below the target is no
// directory: its ".." would lead elsewhere.
static int
make_dir(struct tree *t, struct item to)
{
    struct stat above, st;
    int fd;

    if (!(tree_inside(t) ? lstat(to.name, &st) == 0 && st.type == T_DIR : is_dir(to.name)) &&
        mkdir(to.name) < 0)
        return -1;
    fd = open(to.name, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) < 0 || fstat(there, &above) < 0)
        return -1;
    close(there);
    there = fd;
    t->note = above.ino;
    made = made ? made : st.ino;
    return 0;
}

static int
copy_dir(struct tree *t, struct item to)
{
    int status = 0;

    t->skip = true;
    if (t->st.ino == made)
        return fail_text("cp", t->path.p, "cannot be copied into itself");
    fchdir(there);
    if (make_dir(t, to) < 0)
        status = fail("cp", to.path);
    t->skip = status;
    tree_return(t);
    return status;
}

// Goes up from the directory of a copy that is complete.
static int
leave_dir(const struct tree *t, struct item to)
{
    struct stat st;
    int fd;

    if (!tree_inside(t))
        return 0;
    fchdir(there);
    fd = open("..", O_RDONLY);
    tree_return(t);
    if (fd < 0 || fstat(fd, &st) < 0 || st.ino != t->note) {
        fail_text("cp", to.path, "moved meanwhile; the rest is not copied");
        exit(1);
    }
    close(there);
    there = fd;
    return 0;
}

static int
copy_entry(struct tree *t, enum tree_event event, struct item to)
{
    if (event == TREE_FAILED)
        return fail("cp", t->path.p);
    if (event == TREE_LOST)
        return fail_text("cp", t->path.p, "moved meanwhile; the rest is not copied");
    if (event == TREE_DIR)
        return copy_dir(t, to);
    if (event == TREE_LEFT)
        return leave_dir(t, to);
    if (t->st.type == T_DEVICE)
        return fail_text("cp", t->path.p, "is a device");
    return t->st.type == T_SYMLINK ? copy_link(t, to) : copy_file(t, to);
}

static int
copy_tree(const char *from, const char *to)
{
    enum tree_event event;
    unsigned long length = strlen(from);
    struct tree t;
    int status = 0;

    if (length > 0 && from[length - 1] == '/')
        length--; // the path of a file below has one slash
    tree_begin(&t, from);
    there = open(".", O_RDONLY);
    while ((event = tree_next(&t)) != TREE_END) {
        const char *below = t.path.p + length;
        struct text path = {0};
        if (!text_add(&path, to, strlen(to)) || !text_add(&path, below, strlen(below)))
            must_alloc(0);
        status |= copy_entry(&t, event, (struct item){tree_inside(&t) ? t.name : to, path.p});
        text_free(&path);
    }
    close(there);
    return status;
}

static int
copy(const char *from, const char *to)
{
    struct stat st;
    int status, in;

    if (recursive)
        return copy_tree(from, to);
    if (stat(from, &st) < 0)
        return fail("cp", from);
    if (st.type == T_DIR)
        return fail_text("cp", from, "is a directory");
    in = open(from, O_RDONLY);
    if (in < 0)
        return fail("cp", from);
    status = copy_open_file(in, from, (struct item){to, to});
    close(in);
    return status;
}

static int
copy_into(const char *from, const char *dir)
{
    char path[MAXPATH];

    made = 0;
    return path_join(path, dir, basename(from)) < 0 ? fail_text("cp", from, "path too long")
                                                    : copy(from, path);
}

int
main(int argc, char **argv)
{
    struct args a;
    const char *to;
    int c, i, n, status = 0;

    args_init(&a, argv);
    while ((c = args_option(&a, "r"))) {
        if (c == '?')
            usage(USAGE);
        recursive = true;
    }
    n = argc - (int)(a.next - argv);
    if (n < 2)
        usage(USAGE);
    to = a.next[n - 1];
    if (!is_dir(to))
        return n == 2 ? copy(a.next[0], to) : fail_text("cp", to, "not a directory");
    for (i = 0; i < n - 1; i++)
        status |= copy_into(a.next[i], to);
    return status;
}

// SPDX-License-Identifier: MIT
// cp.c - copy files; with -r directories and what is in them, links as links.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/listing.h"
#include "user/user.h"

#include "abi/fcntl.h"

#define USAGE "cp [-r] file ... target"

static bool recursive;
static unsigned int made; // the first directory made: it must not be copied into itself

static int copy(const char *from, const char *to);

static int
too_long(const char *name)
{
    return fail_text("cp", name, "path too long");
}

static int
copy_data(int in, const char *from, const char *to)
{
    int out = open(to, O_WRONLY | O_CREATE | O_TRUNC);
    int r;

    if (out < 0)
        return fail("cp", to);
    r = copy_fd(in, out);
    if (r < 0)
        fail("cp", r == -2 ? to : from);
    close(out);
    return r < 0;
}

static int
copy_file(const char *from, const char *to)
{
    struct stat a, b;
    int status, in = open(from, O_RDONLY);

    if (in < 0)
        return fail("cp", from);
    if (fstat(in, &a) == 0 && stat(to, &b) == 0 && a.ino == b.ino && a.dev == b.dev)
        status = fail_text("cp", to, "is the file to be copied");
    else
        status = copy_data(in, from, to);
    close(in);
    return status;
}

static int
copy_link(const char *from, const char *to)
{
    char target[MAXPATH];
    int n = readlink(from, target, sizeof(target) - 1);

    if (n < 0)
        return fail("cp", from);
    target[n] = 0;
    return symlink(target, to) < 0 ? fail("cp", to) : 0;
}

static int
copy_contents(const char *from, const char *to)
{
    char inner[MAXPATH], target[MAXPATH];
    struct listing l;
    unsigned long i;
    int status = 0;

    if (listing_read(&l, from, false) < 0)
        status = fail("cp", from);
    for (i = 0; i < l.n; i++) {
        if (path_join(inner, from, l.v[i]) < 0 || path_join(target, to, l.v[i]) < 0)
            status |= too_long(l.v[i]);
        else
            status |= copy(inner, target);
    }
    listing_free(&l);
    return status;
}

static int
copy_dir(const char *from, unsigned int ino, const char *to)
{
    struct stat st;

    if (!recursive)
        return fail_text("cp", from, "is a directory");
    if (ino == made)
        return fail_text("cp", from, "cannot be copied into itself");
    if (!is_dir(to) && mkdir(to) < 0)
        return fail("cp", to);
    if (!made && stat(to, &st) == 0)
        made = st.ino;
    return copy_contents(from, to);
}

static int
copy(const char *from, const char *to)
{
    struct stat st;

    if ((recursive ? lstat(from, &st) : stat(from, &st)) < 0)
        return fail("cp", from);
    if (st.type == T_SYMLINK)
        return copy_link(from, to);
    if (st.type == T_DIR)
        return copy_dir(from, st.ino, to);
    if (st.type == T_DEVICE && recursive)
        return fail_text("cp", from, "is a device");
    return copy_file(from, to);
}

static int
copy_into(const char *from, const char *dir)
{
    char path[MAXPATH];

    made = 0;
    return path_join(path, dir, basename(from)) < 0 ? too_long(from) : copy(from, path);
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

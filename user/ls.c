// SPDX-License-Identifier: MIT
// ls.c - list directories. Names are in columns on the console, one on each line elsewhere; -l adds
// type, links, size, inode, and the target of a symbolic link. Other types than file, directory and
// link show the letter of a device.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/listing.h"
#include "ulib/out.h"
#include "user/user.h"

#define COLUMNS      5
#define COLUMN_WIDTH 16

static bool all, detailed, columns;

static void
drop_hidden(struct listing *l)
{
    unsigned long from, to = 0;

    for (from = 0; from < l->n; from++) {
        if (l->v[from][0] == '.')
            free(l->v[from]);
        else
            l->v[to++] = l->v[from];
    }
    l->n = to;
}

static void
print_name(const char *name)
{
    out_name(name);
    out_char('\n');
}

static int
print_detailed(const char *path, const char *name)
{
    static const char letters[] = "?d-cl";
    char target[MAXPATH];
    struct stat st;
    int n;

    if (lstat(path, &st) < 0)
        return fail("ls", path);
    out_printf("%c %3d %9lu %6u ", letters[st.type < 5 ? st.type : 0], st.nlink, st.size, st.ino);
    out_name(name);
    n = st.type == T_SYMLINK ? readlink(path, target, sizeof(target) - 1) : 0;
    if (n > 0) {
        target[n] = 0;
        out_str(" -> ");
        out_name(target);
    }
    out_char('\n');
    return 0;
}

static void
print_columns(const struct listing *l)
{
    unsigned long rows = (l->n + COLUMNS - 1) / COLUMNS;
    unsigned long i, row;

    for (row = 0; row < rows; row++)
        for (i = row; i < l->n; i += rows) {
            int used = out_name(l->v[i]);
            if (i + rows < l->n)
                out_printf("%*s", used < COLUMN_WIDTH ? COLUMN_WIDTH - used : 0, "");
            else
                out_char('\n');
        }
}

static int
print(const char *dir, const struct listing *l)
{
    char path[MAXPATH];
    unsigned long i;
    int status = 0;

    if (columns && !detailed) {
        print_columns(l);
        return 0;
    }
    for (i = 0; i < l->n; i++) {
        if (!detailed)
            print_name(l->v[i]);
        else if (path_join(path, dir, l->v[i]) < 0)
            status = fail_text("ls", l->v[i], "name too long");
        else
            status |= print_detailed(path, l->v[i]);
    }
    return status;
}

static int
list_dir(const char *path)
{
    struct listing l;
    int status = 0;

    if (listing_read(&l, path, all) < 0)
        status = fail("ls", path);
    if (!all)
        drop_hidden(&l);
    status |= print(path, &l);
    listing_free(&l);
    return status;
}

// Lists one path. Follows a symbolic link, unless its target is missing or -l asks about the link.
static int
list(const char *path, bool heading)
{
    struct stat st;

    if ((detailed || stat(path, &st) < 0) && lstat(path, &st) < 0)
        return fail("ls", path);
    if (st.type == T_DIR) {
        if (heading) {
            out_name(path);
            out_str(":\n");
        }
        return list_dir(path);
    }
    if (detailed)
        return print_detailed(path, path);
    print_name(path);
    return 0;
}

int
main(int argc, char **argv)
{
    struct args a;
    struct stat st;
    bool single = false;
    int status = 0, c;

    (void)argc;
    args_init(&a, argv);
    while ((c = args_option(&a, "al1"))) {
        if (c == '?')
            usage("ls [-al1] [path ...]");
        all |= c == 'a';
        detailed |= c == 'l';
        single |= c == '1';
    }
    columns = !single && fstat(1, &st) == 0 && st.type == T_DEVICE;
    if (!*a.next)
        return out_done("ls", list(".", false));
    for (argv = a.next; *a.next; a.next++)
        status |= list(*a.next, argv[1] != 0);
    return out_done("ls", status);
}

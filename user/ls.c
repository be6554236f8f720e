// SPDX-License-Identifier: MIT
// ls.c - list directories. Names in columns on the console, one on each line elsewhere; with -l
// type, links, size and inode as well.
#include "ulib/alloc.h"
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/out.h"
#include "ulib/sort.h"
#include "ulib/string.h"
#include "user/user.h"

#define COLUMNS      5
#define COLUMN_WIDTH 16

static bool all, detailed, columns;

struct names {
    char **v;
    unsigned long n, room;
};

static int
by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void
add(struct names *list, const char *name)
{
    if (list->n == list->room) {
        list->room = list->room ? 2 * list->room : 64;
        list->v = must_alloc(realloc(list->v, list->room * sizeof(list->v[0])));
    }
    list->v[list->n++] = must_alloc(strdup(name));
}

static int
print_detailed(const char *path, const char *name)
{
    static const char letters[] = "?d-cl";
    struct stat st;

    if (stat(path, &st) < 0)
        return fail("ls", path);
    out_printf("%c %3d %9lu %6u %s\n", letters[st.type < 5 ? st.type : 0], st.nlink, st.size,
               st.ino, name);
    return 0;
}

static void
print_columns(const struct names *list)
{
    unsigned long rows = (list->n + COLUMNS - 1) / COLUMNS;
    unsigned long i, row;

    for (row = 0; row < rows; row++)
        for (i = row; i < list->n; i += rows)
            out_printf("%-*s%s", i + rows < list->n ? COLUMN_WIDTH : 0, list->v[i],
                       i + rows < list->n ? "" : "\n");
}

static int
print(const char *dir, const struct names *list)
{
    char path[MAXPATH];
    unsigned long i;
    int status = 0;

    if (columns && !detailed) {
        print_columns(list);
        return 0;
    }
    for (i = 0; i < list->n; i++) {
        if (!detailed)
            out_printf("%s\n", list->v[i]);
        else if (path_join(path, dir, list->v[i]) < 0)
            status = fail_text("ls", list->v[i], "name too long");
        else
            status |= print_detailed(path, list->v[i]);
    }
    return status;
}

// Collects the names in a directory.
// Returns   0, or -1 when it cannot be read to its end.
static int
collect(const char *path, struct names *list)
{
    char name[DIRSIZ + 1];
    struct dir d;
    int got;

    if (dir_open(&d, path) < 0)
        return -1;
    if (all) {
        add(list, ".");
        add(list, "..");
    }
    while ((got = dir_next(&d, name)) > 0)
        if (all || name[0] != '.')
            add(list, name);
    dir_close(&d);
    return got;
}

static int
list_dir(const char *path)
{
    struct names list = {0};
    unsigned long i;
    int status = 0;

    if (collect(path, &list) < 0)
        status = fail("ls", path);
    sort_pointers((void **)list.v, list.n, by_name);
    status |= print(path, &list);
    for (i = 0; i < list.n; i++)
        free(list.v[i]);
    free(list.v);
    return status;
}

static int
list(const char *path, bool heading)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return fail("ls", path);
    if (st.type == T_DIR) {
        if (heading)
            out_printf("%s:\n", path);
        return list_dir(path);
    }
    if (detailed)
        return print_detailed(path, path);
    out_printf("%s\n", path);
    return 0;
}

int
main(int argc, char **argv)
{
    struct args a;
    struct stat st;
    int status = 0, c;

    (void)argc;
    args_init(&a, argv);
    while ((c = args_option(&a, "al1"))) {
        if (c == '?')
            usage("ls [-al1] [path ...]");
        all |= c == 'a';
        detailed |= c == 'l';
        columns |= c == '1';
    }
    columns = !columns && fstat(1, &st) == 0 && st.type == T_DEVICE;
    if (!*a.next)
        return out_done("ls", list(".", false));
    for (argv = a.next; *a.next; a.next++)
        status |= list(*a.next, argv[1] != 0);
    return out_done("ls", status);
}

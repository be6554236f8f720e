// SPDX-License-Identifier: MIT
// sort.c - sort lines.
#include "ulib/sort.h"

#include "ulib/alloc.h"
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/line.h"
#include "ulib/out.h"
#include "ulib/string.h"
#include "user/user.h"

#define USAGE "sort [-rnu] [file ...]"

static bool reversed, numeric, unique;
static char **lines;
static unsigned long n, room;

static int
compare_keys(const void *a, const void *b)
{
    long x, y;

    if (!numeric)
        return strcmp(a, b);
    x = strtol(a, 0, 10);
    y = strtol(b, 0, 10);
    return (x > y) - (x < y);
}

static int
compare(const void *a, const void *b)
{
    int r = compare_keys(a, b);

    if (r == 0 && !unique)
        r = strcmp(a, b);
    return reversed ? -r : r;
}

static void
add(const char *line)
{
    if (n == room) {
        room = room ? 2 * room : 256;
        lines = must_alloc(realloc(lines, room * sizeof(lines[0])));
    }
    lines[n++] = must_alloc(strdup(line));
}

static int
collect(int fd, const char *name)
{
    static struct reader r;
    static struct text line;
    int got;

    reader_init(&r, fd);
    while ((got = reader_line(&r, &line)) > 0)
        add(line.p);
    return got < 0 ? fail("sort", name) : 0;
}

int
main(int argc, char **argv)
{
    struct args a;
    unsigned long i;
    int c, status;

    (void)argc;
    args_init(&a, argv);
    while ((c = args_option(&a, "rnu"))) {
        if (c == '?')
            usage(USAGE);
        reversed |= c == 'r';
        numeric |= c == 'n';
        unique |= c == 'u';
    }
    status = each_input("sort", a.next, collect);
    sort_pointers((void **)lines, n, compare);
    for (i = 0; i < n && !out_failed(); i++) {
        if (unique && i > 0 && compare_keys(lines[i - 1], lines[i]) == 0)
            continue;
        out_str(lines[i]);
        out_char('\n');
    }
    return out_done("sort", status);
}

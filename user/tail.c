// SPDX-License-Identifier: MIT
// tail.c - print the last lines of files. A ring holds as many lines as are asked for, and the
// one being read.
#include "ulib/alloc.h"
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/line.h"
#include "ulib/out.h"
#include "ulib/string.h"
#include "user/user.h"

#define USAGE "tail [-n lines] [file ...]"
#define MOST  1000000

static long limit = 10;
static struct text *ring;
static bool headings;

static void
print(long count)
{
    long i, first = count > limit ? count - limit : 0, slots = limit + 1;

    for (i = first; i < count; i++) {
        out_put(ring[i % slots].p, ring[i % slots].len);
        out_char('\n');
    }
}

static int
tail(int fd, const char *name)
{
    static struct reader r;
    long count = 0;
    int got = 0;

    if (headings)
        out_printf("==> %s <==\n", name);
    reader_init(&r, fd);
    while (limit > 0 && (got = reader_line(&r, &ring[count % (limit + 1)])) > 0)
        count++;
    if (got < 0)
        return fail("tail", name);
    print(count);
    return 0;
}

int
main(int argc, char **argv)
{
    struct args a;
    int c;

    args_init(&a, argv);
    if (argc > 1 && argv[1][0] == '-' && isdigit(argv[1][1])) {
        if (!number(argv[1] + 1, &limit))
            usage(USAGE);
        a.next++;
    }
    while ((c = args_option(&a, "n:")))
        if (c == '?' || !number(a.value, &limit))
            usage(USAGE);
    if (limit < 0 || limit > MOST)
        usage(USAGE);
    ring = must_alloc(calloc((unsigned long)limit + 1, sizeof(ring[0])));
    headings = a.next[0] && a.next[1];
    return out_done("tail", each_input("tail", a.next, tail));
}

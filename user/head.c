// SPDX-License-Identifier: MIT
// head.c - print the first lines, or bytes, of files.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/line.h"
#include "ulib/out.h"
#include "ulib/string.h"
#include "user/user.h"

#define USAGE "head [-n lines | -c bytes] [file ...]"

static long limit = 10;
static bool by_bytes, headings;

static int
head(int fd, const char *name)
{
    static struct reader r;
    long left = limit;
    int c = 0;

    if (headings)
        out_printf("==> %s <==\n", name);
    reader_init(&r, fd);
    while (left > 0 && !out_failed() && (c = reader_char(&r)) >= 0) {
        out_char((char)c);
        left -= by_bytes || c == '\n';
    }
    return c == -2 ? fail("head", name) : 0;
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
    while ((c = args_option(&a, "n:c:"))) {
        if (c == '?' || !number(a.value, &limit) || limit < 0)
            usage(USAGE);
        by_bytes = c == 'c';
    }
    headings = a.next[0] && a.next[1];
    return out_done("head", each_input("head", a.next, head));
}

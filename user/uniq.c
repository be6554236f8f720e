// SPDX-License-Identifier: MIT
// uniq.c - print equal neighbouring lines once; -c with their number, -d repeated lines only.
#include "ulib/alloc.h"
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/line.h"
#include "ulib/out.h"
#include "user/user.h"

#define USAGE "uniq [-cd] [file ...]"

static bool counts, repeated;
static struct text last;
static unsigned long times;

static void
print_last(void)
{
    if (times == 0 || (repeated && times < 2))
        return;
    if (counts)
        out_printf("%7lu ", times);
    out_put(last.p, last.len);
    out_char('\n');
}

static int
uniq(int fd, const char *name)
{
    static struct reader r;
    struct text line = {0};
    int got;

    reader_init(&r, fd);
    while ((got = reader_line(&r, &line)) > 0 && !out_failed()) {
        if (times && line.len == last.len && memcmp(line.p, last.p, line.len) == 0) {
            times++;
            continue;
        }
        print_last();
        last.len = 0;
        must_alloc(text_add(&last, line.p, line.len) ? &last : 0);
        times = 1;
    }
    text_free(&line);
    return got < 0 ? fail("uniq", name) : 0;
}

int
main(int argc, char **argv)
{
    struct args a;
    int c, status;

    (void)argc;
    args_init(&a, argv);
    while ((c = args_option(&a, "cd"))) {
        if (c == '?')
            usage(USAGE);
        counts |= c == 'c';
        repeated |= c == 'd';
    }
    status = each_input("uniq", a.next, uniq);
    print_last();
    return out_done("uniq", status);
}

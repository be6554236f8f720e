// SPDX-License-Identifier: MIT
// grep.c - print the lines that match a pattern: . * ^ $ [set] [^set] and \ before any of them.
// Exit status: 0 a line matched, 1 none did, 2 something went wrong.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/line.h"
#include "ulib/match.h"
#include "ulib/out.h"
#include "user/user.h"

#define USAGE "grep [-ivnclq] pattern [file ...]"

static struct regex re;
static bool anycase, inverted, numbers, count_only, names_only, quiet, prefix;
static bool found;

static void
print(const char *name, unsigned long number, const struct text *line)
{
    if (prefix)
        out_printf("%s:", name);
    if (numbers)
        out_printf("%lu:", number);
    out_put(line->p, line->len);
    out_char('\n');
}

// Reads the lines of one file.
// Returns   how many were selected; -1 when it cannot be read.
static long
scan(int fd, const char *name)
{
    static struct reader r;
    static struct text line;
    unsigned long number = 0;
    long selected = 0;
    int got;

    reader_init(&r, fd);
    while ((got = reader_line(&r, &line)) > 0 && !out_failed()) {
        number++;
        if (regex_match(&re, line.p, line.len) == inverted)
            continue;
        selected++;
        if (quiet || names_only)
            break;
        if (!count_only)
            print(name, number, &line);
    }
    return got < 0 ? -1 : selected;
}

static int
grep(int fd, const char *name)
{
    long selected = scan(fd, name);

    if (selected < 0) {
        fail("grep", name);
        return 2;
    }
    found |= selected > 0;
    if (count_only && prefix)
        out_printf("%s:%ld\n", name, selected);
    else if (count_only)
        out_printf("%ld\n", selected);
    else if (names_only && selected)
        out_printf("%s\n", name);
    return 0;
}

static void
options(struct args *a)
{
    int c;

    while ((c = args_option(a, "ivnclq"))) {
        if (c == '?')
            usage(USAGE);
        anycase |= c == 'i';
        inverted |= c == 'v';
        numbers |= c == 'n';
        count_only |= c == 'c';
        names_only |= c == 'l';
        quiet |= c == 'q';
    }
    count_only &= !quiet;
    names_only &= !quiet;
}

int
main(int argc, char **argv)
{
    struct args a;
    const char *why;
    int status;

    (void)argc;
    args_init(&a, argv);
    options(&a);
    if (!*a.next)
        usage(USAGE);
    why = regex_compile(&re, *a.next, anycase);
    if (why) {
        fail_text("grep", *a.next, why);
        return 2;
    }
    a.next++;
    prefix = a.next[0] && a.next[1];
    status = each_input("grep", a.next, grep) ? 2 : !found;
    return out_done("grep", status);
}

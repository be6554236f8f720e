// SPDX-License-Identifier: MIT
// cut.c - print parts of lines: characters (-c) or fields (-f, separated by a tab or the character
// of -d). A list is made of N, N-M, N- and -M, with commas between them.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/line.h"
#include "ulib/out.h"
#include "ulib/string.h"
#include "user/user.h"

#define USAGE "cut -c list | -f list [-d character] [file ...]"
#define MOST  32

static struct {
    long low, high;
} ranges[MOST];
static int nranges;
static bool fields;
static char separator = '\t';

static bool
selected(long i)
{
    int r;

    for (r = 0; r < nranges; r++)
        if (ranges[r].low <= i && i <= ranges[r].high)
            return true;
    return false;
}

// Reads one range. Returns the text behind it, NULL when it is none.
static char *
parse_range(char *s)
{
    long low = 1, high = 0x7fffffff;
    char *start = s;

    if (nranges == MOST || (!isdigit(*s) && *s != '-'))
        return 0;
    if (isdigit(*s))
        low = high = strtol(s, &s, 10);
    if (*s == '-') {
        s++;
        high = isdigit(*s) ? strtol(s, &s, 10) : 0x7fffffff;
    }
    if (low < 1 || high < low || (s - start == 1 && *start == '-'))
        return 0;
    ranges[nranges].low = low;
    ranges[nranges++].high = high;
    return s;
}

static void
parse_list(const char *list)
{
    char *s = (char *)list;

    do {
        s = parse_range(s);
        if (!s || (*s && *s != ','))
            usage(USAGE);
    } while (*s++ == ',');
}

static void
cut_chars(const struct text *line)
{
    unsigned long i;

    for (i = 0; i < line->len; i++)
        if (selected((long)i + 1))
            out_char(line->p[i]);
}

// Prints the selected fields; a line without a separator is printed whole.
static void
cut_fields(const struct text *line)
{
    unsigned long i, start = 0;
    bool any = false;
    long field = 1;

    if (!memchr(line->p, separator, line->len)) {
        out_put(line->p, line->len);
        return;
    }
    for (i = 0; i <= line->len; i++) {
        if (i < line->len && line->p[i] != separator)
            continue;
        if (selected(field++)) {
            if (any)
                out_char(separator);
            out_put(line->p + start, i - start);
            any = true;
        }
        start = i + 1;
    }
}

static int
cut(int fd, const char *name)
{
    static struct reader r;
    static struct text line;
    int got;

    reader_init(&r, fd);
    while ((got = reader_line(&r, &line)) > 0 && !out_failed()) {
        if (fields)
            cut_fields(&line);
        else
            cut_chars(&line);
        out_char('\n');
    }
    return got < 0 ? fail("cut", name) : 0;
}

int
main(int argc, char **argv)
{
    struct args a;
    int c;

    (void)argc;
    args_init(&a, argv);
    while ((c = args_option(&a, "c:f:d:"))) {
        if (c == '?' || (c == 'd' && strlen(a.value) != 1) || (c != 'd' && nranges))
            usage(USAGE);
        fields |= c == 'f';
        if (c == 'd')
            separator = *a.value;
        else
            parse_list(a.value);
    }
    if (!nranges)
        usage(USAGE);
    return out_done("cut", each_input("cut", a.next, cut));
}

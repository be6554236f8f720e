// SPDX-License-Identifier: MIT
// tr.c - replace characters of standard input by others, or delete them (-d). Sets are made of
// characters, ranges like a-z, and \n \t \\; a short second set ends with its last one repeated.
#include "ulib/cmd.h"
#include "ulib/line.h"
#include "ulib/out.h"
#include "user/user.h"

#define USAGE "tr set1 set2 | tr -d set"

struct set {
    unsigned char v[256];
    int n;
};

static int
next_char(const char **s)
{
    int c = (unsigned char)*(*s)++;

    if (c != '\\' || !**s)
        return c;
    c = (unsigned char)*(*s)++;
    if (c == 'n')
        return '\n';
    return c == 't' ? '\t' : c;
}

static void
parse_set(struct set *set, const char *s)
{
    int low, high;

    while (*s) {
        low = high = next_char(&s);
        if (s[0] == '-' && s[1]) {
            s++;
            high = next_char(&s);
        }
        if (high < low || set->n + high - low >= 256)
            usage(USAGE);
        while (low <= high)
            set->v[set->n++] = (unsigned char)low++;
    }
    if (!set->n)
        usage(USAGE);
}

int
main(int argc, char **argv)
{
    static struct set from, to;
    static struct reader r;
    static short map[256];
    bool delete = argc == 3 && strcmp(argv[1], "-d") == 0;
    int c, i;

    if (argc != 3)
        usage(USAGE);
    parse_set(&from, argv[delete ? 2 : 1]);
    if (!delete)
        parse_set(&to, argv[2]);
    for (i = 0; i < 256; i++)
        map[i] = (short)i;
    for (i = 0; i < from.n; i++)
        map[from.v[i]] = delete ? -1 : to.v[i < to.n ? i : to.n - 1];
    reader_init(&r, 0);
    while ((c = reader_char(&r)) >= 0 && !out_failed())
        if (map[c] >= 0)
            out_char((char)map[c]);
    return out_done("tr", c == -2 ? fail("tr", "input") : 0);
}

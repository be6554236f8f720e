// SPDX-License-Identifier: MIT
// wc.c - count lines, words and bytes.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/string.h"
#include "user/user.h"

struct counts {
    unsigned long lines, words, bytes;
};

static struct counts total;
static bool lines, words, bytes;
static int files;

static int
print(const struct counts *n, const char *name)
{
    int r = 0;

    if (lines)
        r |= printf("%lu ", n->lines);
    if (words)
        r |= printf("%lu ", n->words);
    if (bytes)
        r |= printf("%lu ", n->bytes);
    r |= printf("%s\n", strcmp(name, "-") == 0 ? "" : name);
    return r < 0 ? fail("wc", "write") : 0;
}

static void
count(struct counts *n, const char *p, int len, bool *in_word)
{
    n->bytes += (unsigned long)len;
    for (; len > 0; len--, p++) {
        n->lines += *p == '\n';
        if (isspace(*p)) {
            *in_word = false;
        } else if (!*in_word) {
            *in_word = true;
            n->words++;
        }
    }
}

static int
wc(int fd, const char *name)
{
    static char buf[4096];
    struct counts n = {0};
    bool in_word = false;
    int got;

    while ((got = read(fd, buf, sizeof(buf))) > 0)
        count(&n, buf, got, &in_word);
    if (got < 0)
        return fail("wc", name);
    total.lines += n.lines;
    total.words += n.words;
    total.bytes += n.bytes;
    files++;
    return print(&n, name);
}

int
main(int argc, char **argv)
{
    struct args a;
    int c, status;

    (void)argc;
    args_init(&a, argv);
    while ((c = args_option(&a, "lwc"))) {
        if (c == '?')
            usage("wc [-lwc] [file ...]");
        lines |= c == 'l';
        words |= c == 'w';
        bytes |= c == 'c';
    }
    if (!lines && !words && !bytes)
        lines = words = bytes = true;
    status = each_input("wc", a.next, wc);
    return files > 1 ? status | print(&total, "total") : status;
}

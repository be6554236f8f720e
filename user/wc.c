// SPDX-License-Identifier: MIT
// wc.c - count lines, words and bytes.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/out.h"
#include "ulib/string.h"
#include "user/user.h"

struct counts {
    unsigned long lines, words, bytes;
};

static struct counts total;
static bool lines, words, bytes;
static int files;

static void
print(const struct counts *n, const char *name)
{
    const char *space = "";

    if (lines)
        out_printf("%lu", n->lines), space = " ";
    if (words)
        out_printf("%s%lu", space, n->words), space = " ";
    if (bytes)
        out_printf("%s%lu", space, n->bytes);
    if (strcmp(name, "-") != 0)
        out_printf(" %s", name);
    out_char('\n');
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
    print(&n, name);
    return 0;
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
    if (files > 1)
        print(&total, "total");
    return out_done("wc", status);
}

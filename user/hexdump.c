// SPDX-License-Identifier: MIT
// hexdump.c - print the bytes of files, sixteen to a line, in hexadecimal and as characters.
#include "ulib/cmd.h"
#include "ulib/file.h"
#include "ulib/line.h"
#include "ulib/out.h"
#include "ulib/string.h"
#include "user/user.h"

#define WIDTH 16

static unsigned long offset;

static void
print(const unsigned char *p, int n)
{
    int i;

    out_printf("%08lx ", offset);
    for (i = 0; i < WIDTH; i++) {
        if (i % 8 == 0)
            out_char(' ');
        if (i < n)
            out_printf("%02x ", p[i]);
        else
            out_str("   ");
    }
    out_str(" |");
    for (i = 0; i < n; i++)
        out_char(isprint(p[i]) ? (char)p[i] : '.');
    out_str("|\n");
    offset += (unsigned long)n;
}

static int
hexdump(int fd, const char *name)
{
    static struct reader r;
    unsigned char row[WIDTH];
    int c, n = 0;

    reader_init(&r, fd);
    while ((c = reader_char(&r)) >= 0 && !out_failed()) {
        row[n++] = (unsigned char)c;
        if (n == WIDTH) {
            print(row, n);
            n = 0;
        }
    }
    if (n)
        print(row, n);
    return c == -2 ? fail("hexdump", name) : 0;
}

int
main(int argc, char **argv)
{
    struct args a;
    int status;

    (void)argc;
    args_init(&a, argv);
    if (args_option(&a, ""))
        usage("hexdump [file ...]");
    status = each_input("hexdump", a.next, hexdump);
    out_printf("%08lx\n", offset);
    return out_done("hexdump", status);
}

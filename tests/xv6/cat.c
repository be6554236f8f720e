// SPDX-License-Identifier: MIT
// cat.c - the contents of the named files, or of standard input without names, to standard output.
#include "lib/lib.h"

enum { COPIED, NOT_OPENED, NOT_WRITTEN, NOT_READ };

// Copies a file from its offset on to standard output. Returns how that ended.
static int
copy_rest(int from)
{
    static char block[512];
    for (;;) {
        int got = read(from, block, sizeof(block)), put = 0;
        if (got <= 0)
            return got == 0 ? COPIED : NOT_READ;
        while (put < got) {
            int n = write(1, block + put, got - put);
            if (n <= 0)
                return NOT_WRITTEN;
            put += n;
        }
    }
}

static int
copy_named(const char *name)
{
    int fd = open(name, O_RDONLY), ended = NOT_OPENED;
    if (fd >= 0) {
        ended = copy_rest(fd);
        close(fd);
    } else {
        printf("cannot open %s\n", name);
    }
    return ended;
}

int
main(int argc, char **argv)
{
    int ended = argc > 1 ? COPIED : copy_rest(0);
    for (char **name = argv + 1; ended == COPIED && name < argv + argc; name++)
        ended = copy_named(*name);
    exit(ended);
}

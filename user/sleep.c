// SPDX-License-Identifier: MIT
// sleep.c - wait for some seconds; tenths count.
#include "ulib/cmd.h"
#include "ulib/string.h"
#include "user/user.h"

#define TICKS_PER_SECOND 10
#define MOST             (1 << 27)

// Converts seconds to ticks, rounded up.
// Returns   -1 when s is not a number of seconds.
static long
parse(const char *s)
{
    long ticks = 0, tenth;

    if (!isdigit(*s))
        return -1;
    for (; isdigit(*s) && ticks < MOST; s++)
        ticks = ticks * 10 + *s - '0';
    ticks *= TICKS_PER_SECOND;
    if (*s == '.' && isdigit(*++s)) {
        tenth = *s++ - '0';
        while (*s == '0')
            s++;
        ticks += tenth + isdigit(*s);
        while (isdigit(*s))
            s++;
    }
    return *s || ticks > MOST ? -1 : ticks;
}

int
main(int argc, char **argv)
{
    long ticks = argc == 2 ? parse(argv[1]) : -1;

    if (ticks < 0)
        usage("sleep seconds");
    return sleep((int)ticks) < 0 ? fail("sleep", argv[1]) : 0;
}

// SPDX-License-Identifier: MIT
// bootprint.c - see bootprint.h.
#include "proc/bootprint.h"

#include "lib/printf.h"
#include "mm/aspace.h"
#include "pt/vmprint.h"

static bool done;

void
bootprint_quiet(void)
{
    done = true;
}

static int
print_line(void *ctx, const char *fmt, ...)
{
    va_list ap;
    (void)ctx;
    va_start(ap, fmt);
    int n = vprintf(fmt, ap);
    va_end(ap);
    return n;
}

void
bootprint(struct aspace *init)
{
    if (!done)
        vmprint(&init->pt, 0, MAXVA, VMPRINT_2020, print_line, NULL);
    done = true;
}

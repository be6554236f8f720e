// SPDX-License-Identifier: MIT
// realloc.c - memory that grows or starts as zeros. It relies on one detail of malloc.c: the word
// before a piece of memory holds the chunk's size.
#include "ulib/alloc.h"
#include "ulib/cmd.h"
#include "ulib/tr.h"
#include "user/user.h"

// Returns the number of usable bytes at p.
static unsigned long
usable(const void *p)
{
    return (((const unsigned long *)p)[-1] & ~15UL) - sizeof(unsigned long);
}

void *
calloc(unsigned long n, unsigned long size)
{
    unsigned long total;
    void *p;

    if (__builtin_mul_overflow(n, size, &total))
        return 0;
    p = malloc(total);
    return p ? memset(p, 0, total) : 0;
}

// Moves p to a larger place when it must; a smaller size keeps the place.
void *
realloc(void *p, unsigned long n)
{
    unsigned long have;
    void *q;

    if (!p)
        return malloc(n);
    have = usable(p);
    if (n <= have)
        return p;
    q = malloc(n);
    if (!q)
        return 0;
    memmove(q, p, have);
    free(p);
    return q;
}

void *
must_alloc(void *p)
{
    if (!p) {
        fprintf(2, tr("out of memory\n"));
        exit(1);
    }
    return p;
}

// SPDX-License-Identifier: MIT
// snprintf.c - formatted text into memory.
#include "ulib/format.h"

struct buf_sink {
    char *buf;
    unsigned long size, total;
};

static void
put_buf(void *to, const char *p, unsigned long n)
{
    struct buf_sink *s = to;

    for (; n; n--, p++, s->total++)
        if (s->total + 1 < s->size)
            s->buf[s->total] = *p;
}

// Formats into buf and truncates to size; the result ends with a NUL unless size is 0.
// Returns   the length that the whole text has.
int
snprintf(char *buf, unsigned long size, const char *format, ...)
{
    struct buf_sink s = {buf, size, 0};
    va_list ap;

    va_start(ap, format);
    ulib_format(put_buf, &s, format, ap);
    va_end(ap);
    if (size)
        buf[s.total < size ? s.total : size - 1] = 0;
    return (int)s.total;
}

// SPDX-License-Identifier: MIT
// printf.c - formatted text to a descriptor: one write() for each call, or each 256 bytes.
#include "ulib/format.h"
#include "user/user.h"

struct fd_sink {
    int fd;
    int failed;
    int total;
    int used;
    char buf[256];
};

static void
flush(struct fd_sink *s)
{
    if (s->used && !s->failed)
        s->failed = write(s->fd, s->buf, s->used) != s->used;
    s->used = 0;
}

static void
put_fd(void *to, const char *p, unsigned long n)
{
    struct fd_sink *s = to;

    s->total += (int)n;
    while (n--) {
        s->buf[s->used++] = *p++;
        if (s->used == sizeof(s->buf))
            flush(s);
    }
}

// Prints to a descriptor.
// Returns   the number of characters, or -1 when not all of them could be written.
int
vfprintf(int fd, const char *format, va_list ap)
{
    struct fd_sink s;

    s.fd = fd;
    s.failed = s.total = s.used = 0;
    ulib_format(put_fd, &s, format, ap);
    flush(&s);
    return s.failed ? -1 : s.total;
}

int
fprintf(int fd, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vfprintf(fd, format, ap);
    va_end(ap);
    return n;
}

int
printf(const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vfprintf(1, format, ap);
    va_end(ap);
    return n;
}

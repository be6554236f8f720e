// SPDX-License-Identifier: MIT
// line.c - growing text, and reading a file line by line. Lines may have any length and any bytes.
#include "ulib/line.h"

#include "ulib/alloc.h"
#include "user/user.h"

// Appends n characters, and a NUL that does not count.
// On error  the text is as it was.
bool
text_add(struct text *t, const char *s, unsigned long n)
{
    unsigned long need = t->len + n + 1, cap = t->cap ? t->cap : 64;
    char *p;

    if (need > t->cap) {
        while (cap < need)
            cap *= 2;
        p = realloc(t->p, cap);
        if (!p)
            return false;
        t->p = p;
        t->cap = cap;
    }
    memmove(t->p + t->len, s, n);
    t->len += n;
    t->p[t->len] = 0;
    return true;
}

void
text_free(struct text *t)
{
    free(t->p);
    *t = (struct text){0};
}

void
reader_init(struct reader *r, int fd)
{
    r->fd = fd;
    r->pos = r->end = 0;
}

// Moves the unread bytes to the front and reads as much as fits behind them.
// Returns   1, 0 at the end, -1 on error.
static int
fill(struct reader *r)
{
    int n;

    memmove(r->buf, r->buf + r->pos, (unsigned long)(r->end - r->pos));
    r->end -= r->pos;
    r->pos = 0;
    n = read(r->fd, r->buf + r->end, (int)sizeof(r->buf) - r->end);
    r->end += n > 0 ? n : 0;
    return n > 0 ? 1 : n;
}

int
reader_char(struct reader *r)
{
    if (r->pos == r->end) {
        int got = fill(r);

        if (got <= 0)
            return got - 1;
    }
    return (unsigned char)r->buf[r->pos++];
}

// Appends n buffered characters to the line.
static bool
take(struct reader *r, struct text *line, int n)
{
    bool ok = text_add(line, r->buf + r->pos, (unsigned long)n);

    r->pos += n;
    return ok;
}

// Looks for a newline in the buffer and reads more until one is there or no more fits.
// Returns   how many characters stand before the newline, or are in the buffer without one; -1 on a
//           read error.
static int
find_newline(struct reader *r)
{
    int n = 0, got;

    for (;;) {
        for (; r->pos + n < r->end; n++) {
            if (r->buf[r->pos + n] == '\n')
                return n;
        }
        if (n == (int)sizeof(r->buf))
            return n;
        got = fill(r);
        if (got <= 0)
            return got < 0 ? -1 : n;
    }
}

// Reads the next line in place of the text's contents.
// Returns   1, 0 at the end of the file, -1 on a read error or without memory.
int
reader_line(struct reader *r, struct text *line)
{
    bool any = false;
    int n;

    line->len = 0;
    for (;;) {
        n = find_newline(r);
        any |= n > 0;
        if (n < 0 || !take(r, line, n))
            return -1;
        if (r->pos < r->end) {
            r->pos++;
            return 1;
        }
        if (n < (int)sizeof(r->buf))
            return any;
    }
}

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

// Reads more.
// Returns   1, 0 at the end, -1 on error.
static int
fill(struct reader *r)
{
    int n = read(r->fd, r->buf, sizeof(r->buf));

    r->pos = 0;
    r->end = n > 0 ? n : 0;
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

// Appends what is buffered, up to and without the next newline.
// Returns   1 if the newline was there, 0 if not, -1 without memory.
static int
take(struct reader *r, struct text *line)
{
    int start = r->pos;

    while (r->pos < r->end && r->buf[r->pos] != '\n')
        r->pos++;
    if (!text_add(line, r->buf + start, (unsigned long)(r->pos - start)))
        return -1;
    if (r->pos == r->end)
        return 0;
    r->pos++;
    return 1;
}

// Reads the next line in place of what the text held.
// Returns   1, 0 at the end of the file, -1 on a read error or without memory.
int
reader_line(struct reader *r, struct text *line)
{
    bool any = false;
    int got;

    line->len = 0;
    for (;;) {
        if (r->pos == r->end) {
            got = fill(r);
            if (got < 0)
                return -1;
            if (got == 0)
                return any;
        }
        any = true;
        got = take(r, line);
        if (got)
            return got;
    }
}

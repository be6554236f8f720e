// SPDX-License-Identifier: MIT
// layout.c - text that grows, and lines of at most 80 columns.
#include "words/words.h"

#define PART_COLUMN 9

static void
put(struct text *t, char c)
{
    if (t->used + 1 < TEXT_MAX)
        t->bytes[t->used++] = c;
    t->bytes[t->used] = '\0';
}

void
text_add(struct text *t, const char *words)
{
    while (*words != '\0')
        put(t, *words++);
}

static void
digits(struct text *t, uint64 value, unsigned base, bool grouped)
{
    char reversed[32];
    unsigned n = 0, count = 0;
    do {
        if (grouped && count > 0 && count % 3 == 0)
            reversed[n++] = ',';
        reversed[n++] = "0123456789abcdef"[value % base];
        value /= base;
        count++;
    } while (value != 0);
    while (n > 0)
        put(t, reversed[--n]);
}

void
text_number(struct text *t, uint64 value)
{
    digits(t, value, 10, false);
}

void
text_hex(struct text *t, uint64 value)
{
    text_add(t, "0x");
    digits(t, value, 16, false);
}

void
text_grouped(struct text *t, uint64 value)
{
    digits(t, value, 10, true);
}

// --- lines -----------------------------------------------------------------------------------

// The character at `p`, its length in bytes, and the columns that it takes.
static uint32
character(const char *p, unsigned *bytes, unsigned *columns)
{
    uint8 c = (uint8)p[0];
    *bytes = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    uint32 code = *bytes == 1 ? c : c & (0x7fu >> *bytes);
    for (unsigned i = 1; i < *bytes; i++) {
        if (((uint8)p[i] & 0xc0) != 0x80) {
            *bytes = i;
            break;
        }
        code = code << 6 | ((uint8)p[i] & 0x3f);
    }
    bool wide = (code >= 0x2e80 && code < 0xa4d0) || (code >= 0xac00 && code < 0xd7a4) ||
                (code >= 0xf900 && code < 0xfb00) || (code >= 0xfe30 && code < 0xfe70) ||
                (code >= 0xff00 && code < 0xff61);
    *columns = wide ? 2 : 1;
    return code;
}

// Returns whether no line may begin with this character.
static bool
clings(char c)
{
    return c == ',' || c == '.' || c == ':' || c == ';' || c == ')';
}

unsigned
text_piece(const char *p, unsigned *columns)
{
    unsigned n = 0, bytes, wide;
    *columns = 0;
    while (p[n] != '\0' && p[n] != ' ') {
        (void)character(p + n, &bytes, &wide);
        n += bytes;
        *columns += wide;
        if (p[n] == '\0' || p[n] == ' ' || clings(p[n]))
            continue;
        unsigned next_bytes, next_wide;
        (void)character(p + n, &next_bytes, &next_wide);
        if ((wide == 2 || next_wide == 2) && p[n - 1] != '(')
            break;
    }
    return n;
}

static unsigned
width(const char *words)
{
    unsigned total = 0, bytes, columns;
    for (; *words != '\0'; words += bytes) {
        (void)character(words, &bytes, &columns);
        total += columns;
    }
    return total;
}

static unsigned
pad(struct text *t, unsigned from, unsigned to)
{
    for (; from < to; from++)
        put(t, ' ');
    return from;
}

void
text_part(struct text *t, const char *head, const char *words)
{
    unsigned column = width(head), columns;
    text_add(t, head);
    column = pad(t, column, head[0] == ' ' ? PART_COLUMN : column + (head[0] != '\0'));
    bool first = true;
    for (bool gap = false; *words != '\0'; first = false) {
        for (; *words == ' '; words++)
            gap = true;
        if (*words == '\0')
            break;
        unsigned n = text_piece(words, &columns);
        if (column + (gap && !first) + columns > TEXT_COLUMNS && !first) {
            put(t, '\n');
            column = pad(t, 0, PART_COLUMN);
        } else if (gap && !first) {
            put(t, ' ');
            column++;
        }
        for (unsigned i = 0; i < n; i++)
            put(t, words[i]);
        column += columns;
        words += n;
        gap = false;
    }
    put(t, '\n');
}

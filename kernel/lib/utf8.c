// SPDX-License-Identifier: MIT
// utf8.c - as much of UTF-8 as line editing needs.
//
// Theory    A first byte announces the length of its character and all others are 10xxxxxx. East
//           Asian characters and pictures take two columns of a terminal.
// Locks     none: pure functions.
// Next      dev/console/lineedit.c
#include "lib/utf8.h"

// Returns whether the byte is a later one of its character, not the first.
bool
utf8_continues(uint8 c)
{
    return (c & 0xc0) == 0x80;
}

// The number of bytes, 1 to 4, of a character that begins with `lead`.
size_t
utf8_promised(uint8 lead)
{
    if (lead >= 0xc2 && lead < 0xe0)
        return 2;
    if (lead >= 0xe0 && lead < 0xf0)
        return 3;
    return lead >= 0xf0 && lead < 0xf5 ? 4 : 1;
}

// The number of bytes of the character at s, of which n > 0 are there. A byte that begins no
// well-formed character counts as one.
size_t
utf8_next(const char *s, size_t n)
{
    size_t len = utf8_promised((uint8)s[0]);
    if (len > n)
        return 1;
    for (size_t i = 1; i < len; i++) {
        if (!utf8_continues((uint8)s[i]))
            return 1;
    }
    return len;
}

// The number of bytes of the character that ends at s + n; n > 0.
size_t
utf8_prev(const char *s, size_t n)
{
    size_t len = 1;
    while (len < 4 && len < n && utf8_continues((uint8)s[n - len]))
        len++;
    return utf8_next(s + n - len, len) == len ? len : 1;
}

// The number of a well-formed character of `len` bytes.
static uint32
code_point(const char *s, size_t len)
{
    uint32 c = (uint8)s[0];
    if (len > 1)
        c &= 0x7fU >> len;
    for (size_t i = 1; i < len; i++)
        c = c << 6 | ((uint8)s[i] & 0x3f);
    return c;
}

static bool
wide(uint32 c)
{
    static const struct {
        uint32 first, last;
    } ranges[] = {
        {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xac00, 0xd7a3},
        {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
        {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
    };
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    }
    return false;
}

// Returns   the columns that `n` bytes of text take.
uint32
utf8_columns(const char *s, size_t n)
{
    uint32 columns = 0;
    for (size_t i = 0; i < n;) {
        size_t len = utf8_next(s + i, n - i);
        columns += len > 1 && wide(code_point(s + i, len)) ? 2 : 1;
        i += len;
    }
    return columns;
}

// Returns whether the character of `len` bytes at s can go to a terminal unchanged: it is no
// control character.
bool
utf8_printable(const char *s, size_t len)
{
    uint32 c = code_point(s, len);
    return len == 1 ? c >= 0x20 && c < 0x7f : c >= 0xa0;
}

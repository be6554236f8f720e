// SPDX-License-Identifier: MIT
// lib.c - strings, and a printf that writes byte by byte.
#include <stdarg.h>
#include "lib/lib.h"

uint
strlen(const char *s)
{
    uint n = 0;

    while (s[n])
        n++;
    return n;
}

int
strcmp(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}

void *
memset(void *to, int byte, uint n)
{
    volatile char *p = to;

    while (n-- > 0)
        *p++ = byte;
    return to;
}

void *
memcpy(void *to, const void *from, uint n)
{
    volatile char *p = to;
    const char *q = from;

    while (n-- > 0)
        *p++ = *q++;
    return to;
}

int
atoi(const char *s)
{
    int n = 0;

    while (*s >= '0' && *s <= '9')
        n = n * 10 + *s++ - '0';
    return n;
}

static void
put(char c)
{
    write(1, &c, 1);
}

static void
put_number(uint64 n, uint base)
{
    if (n >= base)
        put_number(n / base, base);
    put("0123456789abcdef"[n % base]);
}

static void
put_string(const char *s)
{
    while (*s)
        put(*s++);
}

static void
put_signed(int n)
{
    if (n < 0)
        put('-');
    put_number(n < 0 ? -(long)n : n, 10);
}

void
printf(const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    for (; *format; format++) {
        if (*format != '%') {
            put(*format);
            continue;
        }
        switch (*++format) {
        case 'd':
            put_signed(va_arg(ap, int));
            break;
        case 'x':
            put_number(va_arg(ap, uint), 16);
            break;
        case 'p':
            put_string("0x");
            put_number(va_arg(ap, uint64), 16);
            break;
        case 's':
            put_string(va_arg(ap, char *));
            break;
        case 'c':
            put(va_arg(ap, int));
            break;
        default:
            put(*format);
        }
    }
    va_end(ap);
}

// SPDX-License-Identifier: MIT
// strmore.c - the string functions that xv6's library does not have.
#include "ulib/string.h"
#include "user/user.h"

int
strncmp(const char *a, const char *b, unsigned long n)
{
    for (; n && *a && *a == *b; n--)
        a++, b++;
    return n ? (unsigned char)*a - (unsigned char)*b : 0;
}

// Copies as much as fits into n bytes; the result always ends with a NUL unless n is 0.
char *
strncpy(char *to, const char *from, unsigned long n)
{
    char *p = to;

    while (n > 1 && *from)
        *p++ = *from++, n--;
    if (n)
        *p = 0;
    return to;
}

char *
strrchr(const char *s, char c)
{
    char *found = 0;

    for (; *s; s++)
        if (*s == c)
            found = (char *)s;
    return found;
}

char *
strstr(const char *s, const char *part)
{
    unsigned long n = strlen(part);

    for (; *s; s++)
        if (strncmp(s, part, n) == 0)
            return (char *)s;
    return n ? 0 : (char *)s;
}

char *
strdup(const char *s)
{
    unsigned long n = strlen(s) + 1;
    char *copy = malloc(n);

    return copy ? memmove(copy, s, n) : 0;
}

void *
memchr(const void *s, int byte, unsigned long n)
{
    const unsigned char *p = s;

    for (; n; n--, p++)
        if (*p == (unsigned char)byte)
            return (void *)p;
    return 0;
}

int
strcasecmp(const char *a, const char *b)
{
    while (*a && tolower(*a) == tolower(*b))
        a++, b++;
    return tolower(*(const unsigned char *)a) - tolower(*(const unsigned char *)b);
}

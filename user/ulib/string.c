// SPDX-License-Identifier: MIT
// string.c - the string functions of xv6's library. Compilers call mem*() on their own as well.
#include "user/user.h"

typedef unsigned long __attribute__((may_alias)) word_t;

#define WORD sizeof(word_t)

// Returns whether both addresses can be moved through in whole words.
static inline int
aligned(const void *a, const void *b)
{
    return (((unsigned long)a | (unsigned long)b) & (WORD - 1)) == 0;
}

char *
strcpy(char *to, const char *from)
{
    char *p = to;

    while ((*p++ = *from++))
        ;
    return to;
}

int
strcmp(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}

unsigned int
strlen(const char *s)
{
    const char *p = s;

    while (*p)
        p++;
    return (unsigned int)(p - s);
}

// Finds the first c in s; a NUL is never found.
char *
strchr(const char *s, char c)
{
    for (; *s; s++)
        if (*s == c)
            return (char *)s;
    return 0;
}

// Fills n bytes, by words where the address allows.
void *
memset(void *to, int byte, unsigned long n)
{
    unsigned char *p = to;
    word_t fill = (unsigned char)byte * 0x0101010101010101UL;

    while (n && !aligned(p, p))
        *p++ = (unsigned char)byte, n--;
    for (; n >= WORD; n -= WORD, p += WORD)
        *(word_t *)p = fill;
    while (n--)
        *p++ = (unsigned char)byte;
    return to;
}

// Copies from the low end up; right for ranges that overlap with `to` below `from`.
static void
copy_up(unsigned char *to, const unsigned char *from, unsigned long n)
{
    if (aligned(to, from))
        for (; n >= WORD; n -= WORD, to += WORD, from += WORD)
            *(word_t *)to = *(const word_t *)from;
    while (n--)
        *to++ = *from++;
}

// Copies n bytes between ranges that may overlap.
void *
memmove(void *to, const void *from, unsigned long n)
{
    unsigned char *t = to;
    const unsigned char *f = from;

    if ((unsigned long)t - (unsigned long)f >= n) {
        copy_up(t, f, n);
    } else {
        while (n--)
            t[n] = f[n];
    }
    return to;
}

void *
memcpy(void *to, const void *from, unsigned long n)
{
    return memmove(to, from, n);
}

int
memcmp(const void *a, const void *b, unsigned long n)
{
    const unsigned char *p = a, *q = b;

    for (; n; n--, p++, q++)
        if (*p != *q)
            return *p - *q;
    return 0;
}

// Reads the decimal digits at the start of s, after an optional sign; overflow wraps.
int
atoi(const char *s)
{
    unsigned int n = 0;
    int negative = *s == '-';

    if (*s == '-' || *s == '+')
        s++;
    for (; *s >= '0' && *s <= '9'; s++)
        n = n * 10 + (unsigned int)(*s - '0');
    return (int)(negative ? -n : n);
}

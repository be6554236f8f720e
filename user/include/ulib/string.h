// SPDX-License-Identifier: MIT
// string.h - strings and characters, beyond those of "user/user.h".
#pragma once

#include <stdbool.h>

int strncmp(const char *a, const char *b, unsigned long n);
char *strncpy(char *to, const char *from, unsigned long n); // at most n-1 characters and a NUL
char *strrchr(const char *s, char c);
char *strstr(const char *s, const char *part);
char *strdup(const char *s); // NULL without memory
void *memchr(const void *s, int byte, unsigned long n);
int strcasecmp(const char *a, const char *b);
long strtol(const char *s, char **end, int base); // base 0: 0x and 0 are understood

static inline bool
isdigit(int c)
{
    return c >= '0' && c <= '9';
}

static inline bool
isupper(int c)
{
    return c >= 'A' && c <= 'Z';
}

static inline bool
isalpha(int c)
{
    return isupper(c) || (c >= 'a' && c <= 'z');
}

static inline bool
isalnum(int c)
{
    return isalpha(c) || isdigit(c);
}

static inline bool
isspace(int c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool
isprint(int c)
{
    return c >= ' ' && c <= '~';
}

static inline int
tolower(int c)
{
    return isupper(c) ? c + 'a' - 'A' : c;
}

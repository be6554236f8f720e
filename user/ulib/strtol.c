// SPDX-License-Identifier: MIT
// strtol.c - text to numbers.
#include "ulib/cmd.h"
#include "ulib/string.h"

#define LONG_MAX 0x7fffffffffffffffL

// The value of a digit in bases up to 36, or 99.
static int
digit_value(int c)
{
    if (isdigit(c))
        return c - '0';
    return isalpha(c) ? tolower(c) - 'a' + 10 : 99;
}

// Skips 0x of base 16, and chooses the base for base 0.
static const char *
skip_prefix(const char *s, int *base)
{
    bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && digit_value(s[2]) < 16;

    if (hex && (*base == 0 || *base == 16)) {
        *base = 16;
        return s + 2;
    }
    if (*base == 0)
        *base = s[0] == '0' ? 8 : 10;
    return s;
}

// Reads a number of the given base after spaces and a sign.
//
// Returns   the number; the largest or smallest long when it does not fit. *end, when asked for, is
//           the first character not used, s itself when there was no digit.
long
strtol(const char *s, char **end, int base)
{
    const char *p = s, *digits;
    long n = 0;
    bool negative, over = false;
    int d;

    while (isspace(*p))
        p++;
    negative = *p == '-';
    if (*p == '-' || *p == '+')
        p++;
    digits = p = skip_prefix(p, &base);
    for (; (d = digit_value(*p)) < base; p++)
        over |= __builtin_mul_overflow(n, base, &n) || __builtin_sub_overflow(n, d, &n);
    if (end)
        *end = (char *)(p == digits ? s : p);
    if (over || (!negative && n == -LONG_MAX - 1))
        return negative ? -LONG_MAX - 1 : LONG_MAX;
    return negative ? n : -n;
}

// Returns whether all of s is a decimal number that fits a long, and stores it.
bool
number(const char *s, long *value)
{
    const char *p = s;
    long n = 0;

    if (*p == '-' || *p == '+')
        p++;
    if (!*p)
        return false;
    for (; *p; p++) {
        if (!isdigit(*p))
            return false;
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *p - '0', &n))
            return false;
    }
    *value = *s == '-' ? -n : n;
    return true;
}

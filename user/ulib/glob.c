// SPDX-License-Identifier: MIT
// glob.c - file name patterns: * any text, ? any character, [a-z] and [!a-z] a set, \ takes the
// next character as it is.
#include "ulib/match.h"

#include "user/user.h"

// Finds the ] that closes the set at p, which points behind the [; NULL: no set after all.
static const char *
set_end(const char *p)
{
    if (*p == '!' || *p == '^')
        p++;
    if (*p == ']')
        p++;
    return strchr(p, ']');
}

static bool
in_set(const char *p, const char *end, unsigned char c)
{
    bool inverted = *p == '!' || *p == '^', found = false;

    for (p += inverted; p < end; p++) {
        unsigned char low = (unsigned char)*p, high = low;

        if (p[1] == '-' && p + 2 < end) {
            high = (unsigned char)p[2];
            p += 2;
        }
        found |= low <= c && c <= high;
    }
    return found != inverted;
}

// Matches one character against the first element of a pattern, which is not `*`.
// Returns   the rest of the pattern, NULL when c does not match.
static const char *
match_one(const char *p, char c)
{
    const char *end = *p == '[' ? set_end(p + 1) : 0;

    if (end)
        return in_set(p + 1, end, (unsigned char)c) ? end + 1 : 0;
    if (*p == '?')
        return p + 1;
    if (*p == '\\' && p[1])
        p++;
    return *p == c ? p + 1 : 0;
}

// Returns whether the pattern matches all of s. After a mismatch only the last star seen can match
// more: it takes one character more.
bool
glob_match(const char *pattern, const char *s)
{
    const char *p = pattern, *star = 0, *star_s = 0, *next;

    while (*s || *p) {
        if (*p == '*') {
            star = ++p;
            star_s = s;
            continue;
        }
        next = *p && *s ? match_one(p, *s) : 0;
        if (next) {
            p = next;
            s++;
            continue;
        }
        if (!star || !*star_s)
            return false;
        p = star;
        s = ++star_s;
    }
    return true;
}

bool
glob_special(const char *s)
{
    return strchr(s, '*') || strchr(s, '?') || strchr(s, '[');
}

// SPDX-License-Identifier: MIT
// regex.c - line patterns: . * ^ $ [set] [^set] and \ before any of them.
//
// Theory    A pattern is a row of atoms, some starred, which is an automaton whose states are the
//           places between the atoms: one bit each in one word. Each character of the line takes
//           all states forward at once, so matching time never depends on the pattern.
#include "ulib/match.h"

#include "ulib/string.h"
#include "user/user.h"

#define MAX_ATOMS 62

static void
accept(struct regex *re, unsigned char c, bool anycase)
{
    re->accepts[c] |= re->last;
    if (!anycase || !isalpha(c))
        return;
    re->accepts[c ^ ('a' ^ 'A')] |= re->last;
}

// Adds the set behind the [ at p. Returns the text behind its ], NULL without one.
static const char *
parse_set(struct regex *re, const char *p, bool anycase)
{
    bool inverted = *p == '^';
    const char *start;
    int c, high;

    p += inverted;
    for (start = p; *p && (*p != ']' || p == start); p++) {
        c = high = (unsigned char)*p;
        if (p[1] == '-' && p[2] && p[2] != ']') {
            high = (unsigned char)p[2];
            p += 2;
        }
        for (; c <= high; c++)
            accept(re, (unsigned char)c, anycase);
    }
    if (!*p)
        return 0;
    for (c = 0; inverted && c < 256; c++)
        re->accepts[c] ^= re->last;
    return p + 1;
}

// Adds the atom at p. Returns the text behind it, NULL when a set is not closed.
static const char *
parse_atom(struct regex *re, const char *p, bool anycase)
{
    int c;

    if (*p == '[')
        return parse_set(re, p + 1, anycase);
    if (*p == '.') {
        for (c = 0; c < 256; c++)
            re->accepts[c] |= re->last;
        return p + 1;
    }
    if (*p == '\\' && p[1])
        p++;
    accept(re, (unsigned char)*p, anycase);
    return p + 1;
}

// Prepares a pattern.
// Returns   NULL, or a sentence about the error in the pattern.
const char *
regex_compile(struct regex *re, const char *pattern, bool anycase)
{
    const char *p = pattern;

    memset(re, 0, sizeof(*re));
    re->last = 1;
    re->at_start = *p == '^';
    for (p += re->at_start; *p; re->last <<= 1) {
        if (re->last >> MAX_ATOMS)
            return "pattern too long";
        if (p[0] == '$' && !p[1]) {
            re->at_end = true;
            break;
        }
        p = parse_atom(re, p, anycase);
        if (!p)
            return "[ without ]";
        if (*p == '*') {
            re->star |= re->last;
            p++;
        }
    }
    return 0;
}

// Adds the states that can be reached by passing starred atoms over.
static unsigned long
pass_stars(const struct regex *re, unsigned long states)
{
    unsigned long more;

    while ((more = states | (states & re->star) << 1) != states)
        states = more;
    return states;
}

// Returns whether the pattern occurs in s[0..n).
bool
regex_match(const struct regex *re, const char *s, unsigned long n)
{
    unsigned long first = pass_stars(re, 1), states = first, moved;
    const char *end = s + n;

    for (;; s++) {
        if ((states & re->last) && (!re->at_end || s == end))
            return true;
        if (s == end || !states)
            return false;
        moved = states & re->accepts[(unsigned char)*s];
        states = pass_stars(re, moved << 1 | (moved & re->star));
        if (!re->at_start)
            states |= first;
    }
}

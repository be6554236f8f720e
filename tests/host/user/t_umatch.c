// SPDX-License-Identifier: MIT
// t_umatch.c - patterns of the user library: file names and lines, the latter also against a matcher
// that is slow and obvious.
//
// SOURCES: user/ulib/sort.c
// CFLAGS: -Ikernel
#include "test.h"

static void *(*const host_realloc)(void *, size_t) = realloc;

#include "uland.h"
#include "../../user/ulib/string.c"
#include "../../user/ulib/strmore.c"
#include "../../user/ulib/glob.c"
#include "../../user/ulib/regex.c"

void *
u_malloc(unsigned long n)
{
    return host_realloc(0, n);
}

static void
test_glob(void)
{
    CHECK(glob_match("*", "") && glob_match("*", "abc") && glob_match("", ""));
    CHECK(!glob_match("", "a") && !glob_match("a", ""));
    CHECK(glob_match("*.c", "a.c") && !glob_match("*.c", "a.cc") && glob_match("*.c*", "a.cc"));
    CHECK(glob_match("a*b*c", "aXbbXcc") && !glob_match("a*b*c", "aXcX"));
    CHECK(glob_match("?", "x") && !glob_match("?", "") && !glob_match("?", "xy"));
    CHECK(glob_match("[a-c]x", "bx") && !glob_match("[a-c]x", "dx"));
    CHECK(glob_match("[!a-c]", "d") && !glob_match("[!a-c]", "a"));
    CHECK(glob_match("[]]", "]") && glob_match("[a-]", "-"));
    CHECK(glob_match("[", "[") && glob_match("a[b", "a[b"));
    CHECK(glob_match("\\*", "*") && !glob_match("\\*", "a"));
    CHECK(!glob_match("*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

// The slow and obvious way: does pattern p match at the start of s?
static bool
slow_here(const char *p, const char *s)
{
    if (!*p)
        return true;
    if (p[0] == '$' && !p[1])
        return !*s;
    if (p[1] == '*') {
        for (;; s++) {
            if (slow_here(p + 2, s))
                return true;
            if (!*s || (*p != '.' && *p != *s))
                return false;
        }
    }
    return *s && (*p == '.' || *p == *s) && slow_here(p + 1, s + 1);
}

static bool
slow_match(const char *p, const char *s)
{
    if (*p == '^')
        return slow_here(p + 1, s);
    for (;; s++) {
        if (slow_here(p, s))
            return true;
        if (!*s)
            return false;
    }
}

static bool
match(const char *pattern, const char *s, bool anycase)
{
    struct regex re;

    CHECK_EQ(regex_compile(&re, pattern, anycase), NULL);
    return regex_match(&re, s, u_strlen(s));
}

static void
test_regex(void)
{
    static const char letters[] = "aab.*";
    char p[8], s[8];
    struct regex re;
    int i, j, n;

    for (i = 0; i < 200000; i++) {
        n = 0;
        if (rnd_below(4) == 0)
            p[n++] = '^';
        for (j = (int)rnd_below(5); j > 0; j--)
            p[n] = letters[rnd_below(n > 0 && p[n - 1] != '*' && p[n - 1] != '^' ? 5 : 4)], n++;
        if (rnd_below(4) == 0)
            p[n++] = '$';
        p[n] = 0;
        n = (int)rnd_below(7);
        for (j = 0; j < n; j++)
            s[j] = "abc"[rnd_below(3)];
        s[n] = 0;
        CHECK_EQ(match(p, s, false), slow_match(p, s));
    }
    CHECK(match("[a-c]*x$", "abcx", false) && !match("^[a-c]x", "dx", false));
    CHECK(match("[^0-9]", "12a", false) && !match("[^0-9]", "123", false));
    CHECK(match("a\\.b", "a.b", false) && !match("a\\.b", "axb", false));
    CHECK(match("HeLLo", "say hello", true) && !match("[a-f]", "G", true));
    CHECK(match("[]x]", "]", false) && match("a$b", "a$b", false) && match("*a", "*a", false));
    CHECK(regex_compile(&re, "[abc", false) != NULL);
    CHECK(regex_compile(&re, "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg",
                        false) != NULL);
}

int
main(void)
{
    test_glob();
    test_regex();
    return test_done();
}

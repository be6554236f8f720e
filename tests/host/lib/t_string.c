// SPDX-License-Identifier: MIT
// t_string.c - the kernel's memory and string functions against the C library's, at every
// alignment, and never a byte outside their arguments.
//
// SOURCES: kernel/lib/page.c
#include "test.h"

#define memset     k_memset
#define memcpy     k_memcpy
#define memmove    k_memmove
#define memcmp     k_memcmp
#define strlen     k_strlen
#define strcmp     k_strcmp
#define strncmp    k_strncmp
#define strchr     k_strchr
#define safestrcpy k_safestrcpy
#include "../../kernel/lib/string.c"
#undef memset
#undef memcpy
#undef memmove
#undef memcmp
#undef strlen
#undef strcmp
#undef strncmp
#undef strchr
#include "lib/page.h"

#define SPAN 400

static uint8 ours[SPAN], theirs[SPAN];

static void
test_move(void)
{
    for (int i = 0; i < SPAN; i++)
        ours[i] = theirs[i] = (uint8)rnd();
    for (int round = 0; round < 400000; round++) {
        size_t n = rnd_below(round % 2 ? 40 : SPAN / 2);
        size_t s = rnd_below(SPAN - n), d = rnd_below(SPAN - n);
        CHECK_EQ(k_memmove(ours + d, ours + s, n), ours + d);
        memmove(theirs + d, theirs + s, n);
        if (round % 5 == 0) {
            CHECK_EQ(k_memset(ours + s, round, n), ours + s);
            memset(theirs + s, round, n);
        }
        CHECK_MEM(ours, theirs, SPAN);
    }
}

// Blocks of exactly the right size: the sanitizer sees an access beside them.
static void
test_bounds(void)
{
    for (size_t n = 0; n < 100; n++) {
        for (size_t shift = 0; shift < 64; shift++) {
            size_t a = shift % 8, b = shift / 8;
            uint8 *src = malloc(a + n), *dst = malloc(b + n);
            memset(src, (int)n, a + n);
            k_memcpy(dst + b, src + a, n);
            CHECK_MEM(dst + b, src + a, n);
            CHECK_EQ(k_memcmp(dst + b, src + a, n), 0);
            k_memset(dst + b, 7, n);
            free(src);
            free(dst);
        }
    }
}

static int
sign(int x)
{
    return (x > 0) - (x < 0);
}

static void
test_compare(void)
{
    char a[24], b[24];
    for (int round = 0; round < 200000; round++) {
        size_t n = rnd_below(sizeof a);
        for (size_t i = 0; i < sizeof a; i++)
            a[i] = b[i] = (char)(rnd_below(3) - 1);
        b[rnd_below(sizeof b)] = (char)rnd();
        a[sizeof a - 1] = b[sizeof b - 1] = '\0';
        CHECK_EQ(sign(k_memcmp(a, b, n)), sign(memcmp(a, b, n)));
        CHECK_EQ(sign(k_strcmp(a, b)), sign(strcmp(a, b)));
        CHECK_EQ(sign(k_strncmp(a, b, n)), sign(strncmp(a, b, n)));
        CHECK_EQ(k_strlen(a), strlen(a));
        CHECK_EQ(k_strchr(a, (char)n), strchr(a, (char)n));
    }
    CHECK_EQ(k_strchr("abc", '\0')[0], 0);
}

static void
test_safestrcpy(void)
{
    char buf[4];
    CHECK_STR(safestrcpy(buf, "abcdef", sizeof buf), "abc");
    CHECK_STR(safestrcpy(buf, "ab", sizeof buf), "ab");
    CHECK_STR(safestrcpy(buf, "abcdef", 1), "");
    buf[0] = 'x';
    safestrcpy(buf, "abc", 0);
    CHECK_EQ(buf[0], 'x');
}

static void
test_page(void)
{
    uint8 *a = aligned_alloc(4096, 4096), *b = aligned_alloc(4096, 4096);
    for (int i = 0; i < 4096; i++)
        a[i] = (uint8)rnd();
    page_copy(b, a);
    CHECK_MEM(a, b, 4096);
    page_zero(a);
    for (int i = 0; i < 4096; i++)
        CHECK_EQ(a[i], 0);
    free(a);
    free(b);
}

int
main(void)
{
    test_move();
    test_bounds();
    test_compare();
    test_safestrcpy();
    test_page();
    return test_done();
}

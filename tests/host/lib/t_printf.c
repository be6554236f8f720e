// SPDX-License-Identifier: MIT
// t_printf.c - the kernel's formatter: conversions that C's printf has, too, are compared with it.
#include "test.h"

#include <stdarg.h>

#define printf    k_printf
#define vprintf   k_vprintf
#define snprintf  k_snprintf
#define vsnprintf k_vsnprintf
#include "../../kernel/lib/printf.c"
#undef printf
#undef vprintf
#undef snprintf
#undef vsnprintf

// Formats with both and compares text and length.
#define SAME(...)                                                                                  \
    do {                                                                                           \
        char ours[300], theirs[300];                                                               \
        CHECK_EQ(k_snprintf(ours, sizeof ours, __VA_ARGS__),                                       \
                 snprintf(theirs, sizeof theirs, __VA_ARGS__));                                    \
        CHECK_STR(ours, theirs);                                                                   \
    } while (0)

static void
test_numbers(void)
{
    static const long numbers[] = {0,  1,          -1,         9,
                                   10, 0x7fffffff, 0x80000000, -0x7fffffffffffffff - 1};
    for (size_t i = 0; i < NELEM(numbers) + 1000; i++) {
        long v = i < NELEM(numbers) ? numbers[i] : (long)(rnd() >> rnd_below(60));
        int w = (int)rnd_below(25);
        SAME("%d|%i|%u|%x|%X", (int)v, (int)v, (unsigned)v, (unsigned)v, (unsigned)v);
        SAME("%ld|%lu|%lx|%lld|%zu", v, (unsigned long)v, (unsigned long)v, (long long)v,
             (size_t)v);
        SAME("%24ld|%024ld|%-24ld|%016lx", v, v, v, (unsigned long)v);
        SAME("%*d|%-*d|%0*d", w, (int)v, w, (int)v, w, (int)v);
    }
}

static void
test_text(void)
{
    SAME("plain");
    SAME("%s|%5s|%-5s|%.2s|%8.3s|%.*s", "abc", "de", "fg", "hijk", "lmnop", 4, "qrstuv");
    SAME("%c%c|%3c|%-3c|%%", 'x', 'y', 'z', 'w');
    SAME("%.0s|%.9s", "gone", "all");
}

static void
test_own(void)
{
    char buf[64];
    const char *volatile null = NULL; // unknown to the compiler
    k_snprintf(buf, sizeof buf, "%p", (void *)0xffffffc080001000);
    CHECK_STR(buf, "0xffffffc080001000");
    k_snprintf(buf, sizeof buf, "%p", NULL);
    CHECK_STR(buf, "0x0000000000000000");
    k_snprintf(buf, sizeof buf, "%s", null);
    CHECK_STR(buf, "(null)");
    const char *odd = "%q %", *dangling = "a%5"; // not literals: C's compiler would warn
    k_snprintf(buf, sizeof buf, odd);
    CHECK_STR(buf, "%q ");
    k_snprintf(buf, sizeof buf, dangling);
    CHECK_STR(buf, "a");
}

static void
test_room(void)
{
    for (size_t size = 0; size < 12; size++) {
        char *buf = malloc(size + 1);
        memset(buf, '#', size + 1);
        CHECK_EQ(k_snprintf(buf, size, "%s-%d", "abcd", 1234), 9);
        CHECK_EQ(buf[size], '#');
        if (size > 0) {
            CHECK_EQ(strlen(buf), size - 1 < 9 ? size - 1 : 9);
            CHECK_EQ(memcmp(buf, "abcd-1234", strlen(buf)), 0);
        }
        free(buf);
    }
}

static char seen[1000];
static size_t seen_length;
static int begun, ended;

static void
sink_begin(void)
{
    CHECK_EQ(begun++, ended);
}

static void
sink_write(const char *s, size_t n)
{
    CHECK_EQ(begun, ended + 1);
    memcpy(seen + seen_length, s, n);
    seen_length += n;
}

static void
sink_end(void)
{
    CHECK_EQ(begun, ++ended);
}

static void
test_sink(void)
{
    static const struct print_sink sink = {sink_begin, sink_write, sink_end};
    char expected[1000];
    CHECK_EQ(k_printf("lost %d\n", 1), 0);
    printf_set_sink(&sink);
    CHECK_EQ(printf_sink(), &sink);
    CHECK_EQ(k_printf("%500d %s\n", 17, "end"), 505);
    CHECK_EQ(begun, 1);
    CHECK_EQ(ended, 1);
    snprintf(expected, sizeof expected, "%500d %s\n", 17, "end");
    CHECK_EQ(seen_length, 505);
    CHECK_STR(seen, expected);
}

int
main(void)
{
    test_numbers();
    test_text();
    test_own();
    test_room();
    test_sink();
    return test_done();
}

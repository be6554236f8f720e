// SPDX-License-Identifier: MIT
// t_ulib.c - the user library: formatting, numbers and memory functions against the C library's;
// sorting, options and lines against their descriptions.
//
// SOURCES: user/ulib/sort.c
// CFLAGS: -Ikernel
#include "test.h"

#include <stdarg.h>

// The C library's, before the same names mean ours.
static int
host_print(char *buf, size_t size, const char *format, ...)
{
    va_list ap;
    int n;

    va_start(ap, format);
    n = vsnprintf(buf, size, format, ap);
    va_end(ap);
    return n;
}

static long (*const host_strtol)(const char *, char **, int) = strtol;
static void *(*const host_memmove)(void *, const void *, size_t) = memmove;
static void *(*const host_memset)(void *, int, size_t) = memset;
static int (*const host_memcmp)(const void *, const void *, size_t) = memcmp;
static int (*const host_strcmp)(const char *, const char *) = strcmp;
static void *(*const host_realloc)(void *, size_t) = realloc;
static void (*const host_free)(void *) = free;

static _Noreturn void
host_exit(int status)
{
    exit(status);
}

#include "uland.h"
#include "../../user/ulib/string.c"
#include "../../user/ulib/strmore.c"
#include "../../user/ulib/strtol.c"
#include "../../user/ulib/format.c"
#include "../../user/ulib/snprintf.c"
#include "../../user/ulib/line.c"
#include "../../user/ulib/synopsis.c"
#include "../../user/ulib/cmd.c"
#include "ulib/sort.h"

// The system calls of the library: a file that is read in pieces of random or full size, and
// memory.
static const char *file;
static int file_left;
static int file_error;
static bool file_whole;
static int reads[8], nreads; // the results of the last reads of a file that is read as asked for

static int language_chosen = LANGUAGE_ENGLISH;

const char *
tr(const char *en)
{
    return en;
}

int
tr_language(void)
{
    return language_chosen;
}

int
u_read(int fd, void *buf, int n)
{
    int most = file_whole ? n : (int)rnd_below(7) + 1;

    (void)fd;
    if (file_left == 0)
        return file_error;
    if (n > most)
        n = most;
    if (n > file_left)
        n = file_left;
    host_memmove(buf, file, (size_t)n);
    file += n;
    file_left -= n;
    if (file_whole && nreads < 8)
        reads[nreads++] = n;
    return n;
}

int
u_write(int fd, const void *buf, int n)
{
    (void)fd, (void)buf;
    return n;
}

int
u_exit(int status)
{
    host_exit(status);
}

int
u_fprintf(int fd, const char *format, ...)
{
    (void)fd, (void)format;
    return 0;
}

int
u_errno(void)
{
    return 0;
}

const char *
u_strerror(int err)
{
    (void)err;
    return "";
}

void *
u_malloc(unsigned long n)
{
    return host_realloc(0, n);
}

void *
u_realloc(void *p, unsigned long n)
{
    return host_realloc(p, n);
}

void
u_free(void *p)
{
    host_free(p);
}

// Both formatters must agree on the text and on its length, also when it is truncated.
#define SAME(...)                                                                                  \
    do {                                                                                           \
        char a_[120], b_[120];                                                                     \
        size_t cut_ = rnd_below(4) ? sizeof(a_) : rnd_below(20);                                   \
        host_memset(a_, 'x', sizeof(a_));                                                          \
        host_memset(b_, 'x', sizeof(b_));                                                          \
        CHECK_EQ(u_snprintf(a_, cut_, __VA_ARGS__), host_print(b_, cut_, __VA_ARGS__));            \
        CHECK_EQ(host_memcmp(a_, b_, sizeof(a_)), 0);                                              \
    } while (0)

static void
test_format(void)
{
    int i;

    for (i = 0; i < 20000; i++) {
        long x = (long)(rnd() >> rnd_below(64)) * (rnd_below(2) ? 1 : -1);
        int width = (int)rnd_below(30);

        SAME("%d|%5d|%-5d|%05d|%i", (int)x, (int)x, (int)x, (int)x, (int)x);
        SAME("%u %x %X %o", (unsigned)x, (unsigned)x, (unsigned)x, (unsigned)x);
        SAME("%ld %lu %lx %20ld %-20lx|%020lx", x, x, x, x, x, x);
        SAME("%lld %llu %zu", (long long)x, (unsigned long long)x, (size_t)x);
        SAME("%*d|%-*lx", width, (int)x, width, x);
        SAME("%c%5c%-5c|", (char)(x | 1), 'a', 'b');
        SAME("%s|%10s|%-10s|%.3s|%.*s", "abcdef", "abc", "abc", "abcdef", width, "abcdefgh");
    }
    SAME("%d %d", -2147483647 - 1, 2147483647);
    SAME("%ld", -0x7fffffffffffffffL - 1);
    SAME("100%% of %s", "it");
}

static void
check_text(const char *want, const char *format, ...)
{
    char buf[100];
    struct buf_sink s = {buf, sizeof(buf), 0};
    va_list ap;

    va_start(ap, format);
    ulib_format(put_buf, &s, format, ap);
    va_end(ap);
    buf[s.total] = 0;
    CHECK_STR(buf, want);
}

// Conversions that the C library handles differently, or not at all.
static void
test_format_own(void)
{
    check_text("0x0000000080001234", "%p", 0x80001234L);
    check_text("(null)", "%s", (char *)0);
    check_text("7 18446744073709551615.", "%d %l.", 7, -1L);
    check_text("%y 3", "%y %d", 3);
    check_text("a%", "a%");
    check_text("a%5", "a%5");
}

static void
test_numbers(void)
{
    static const char alphabet[] = "0123456789 +-xXafz";
    char s[12], *a, *b;
    long value;
    int i, j;

    for (i = 0; i < 300000; i++) {
        int base = rnd_below(2) ? (int)rnd_below(35) + 2 : (int)rnd_below(3) * 8;

        for (j = 0; j < (int)sizeof(s) - 1; j++)
            s[j] = alphabet[rnd_below(sizeof(alphabet) - 1)];
        s[rnd_below(sizeof(s))] = 0;
        s[sizeof(s) - 1] = 0;
        CHECK_EQ(u_strtol(s, &a, base), host_strtol(s, &b, base));
        CHECK_EQ(a, b);
    }
    CHECK_EQ(u_strtol("9223372036854775807", 0, 10), 0x7fffffffffffffffL);
    CHECK_EQ(u_strtol("9223372036854775808", 0, 10), 0x7fffffffffffffffL);
    CHECK_EQ(u_strtol("-9223372036854775808", 0, 10), -0x7fffffffffffffffL - 1);
    CHECK_EQ(u_strtol("-99999999999999999999", 0, 10), -0x7fffffffffffffffL - 1);
    CHECK(number("-12", &value) && value == -12);
    CHECK(!number("", &value) && !number("-", &value) && !number("1x", &value));
    CHECK(!number("9223372036854775808", &value));
    CHECK_EQ(u_atoi("-2147483648"), -2147483647 - 1);
    CHECK_EQ(u_atoi("12ab"), 12);
}

static void
test_memory(void)
{
    unsigned char a[200], b[200];
    int i, j;

    for (i = 0; i < 200000; i++) {
        size_t n = rnd_below(80), from = rnd_below(100), to = rnd_below(100);

        for (j = 0; i % 50 == 0 && j < 200; j++)
            a[j] = b[j] = (unsigned char)rnd();
        if (rnd_below(4)) {
            CHECK_EQ(u_memmove(a + to, a + from, n), a + to);
            host_memmove(b + to, b + from, n);
        } else {
            u_memset(a + to, (int)from, n);
            host_memset(b + to, (int)from, n);
        }
        CHECK_EQ(host_memcmp(a, b, sizeof(a)), 0);
    }
    CHECK(u_memcmp("abc", "abd", 3) < 0 && u_memcmp("abc", "abd", 2) == 0);
    CHECK(u_strcmp("a\xff", "ab") > 0 && u_strncmp("abc", "abd", 2) == 0);
    CHECK_EQ(u_strchr("abc", 0), NULL);
    CHECK_STR(u_strstr("hello", "ll"), "llo");
    CHECK_STR(u_strrchr("a/b/c", '/'), "/c");
    CHECK_STR(u_strncpy((char *)a, "abcdef", 4), "abc");
    CHECK(u_strcasecmp("aBc", "AbC") == 0 && u_strcasecmp("a", "B") < 0);
}

static int
by_value(const void *a, const void *b)
{
    return host_strcmp(a, b);
}

static void
test_sort(void)
{
    static char text[300][4];
    void *v[300];
    size_t i, n;
    int round;

    for (round = 0; round < 300; round++) {
        n = (size_t)round;
        for (i = 0; i < n; i++) {
            text[i][0] = (char)('a' + rnd_below(26));
            text[i][1] = (char)('a' + rnd_below(3));
            v[i] = text[i];
        }
        sort_pointers(v, n, by_value);
        for (i = 1; i < n; i++)
            CHECK(host_strcmp(v[i - 1], v[i]) <= 0);
        for (i = 0; i < n; i++)
            *(char *)v[i] = 0;
        for (i = 0; i < n; i++)
            CHECK_EQ(text[i][0], 0);
    }
}

static void
test_options(void)
{
    char *argv[] = {"cmd", "-ab", "-n5", "-n", "6", "-", "-a", 0};
    char *end[] = {"cmd", "--", "-a", 0};
    char *bad[] = {"cmd", "-x", "-n", 0};
    char *none[] = {0};
    struct args a;

    args_init(&a, argv);
    CHECK_EQ(args_option(&a, "abn:"), 'a');
    CHECK_EQ(args_option(&a, "abn:"), 'b');
    CHECK_EQ(args_option(&a, "abn:"), 'n');
    CHECK_STR(a.value, "5");
    CHECK_EQ(args_option(&a, "abn:"), 'n');
    CHECK_STR(a.value, "6");
    CHECK_EQ(args_option(&a, "abn:"), 0);
    CHECK_STR(*a.next, "-");
    args_init(&a, end);
    CHECK_EQ(args_option(&a, "a"), 0);
    CHECK_STR(*a.next, "-a");
    args_init(&a, bad);
    CHECK_EQ(args_option(&a, "n:"), '?');
    CHECK_EQ(args_option(&a, "n:"), '?');
    args_init(&a, none);
    CHECK_EQ(args_option(&a, "n:"), 0);
    CHECK_EQ(*a.next, NULL);
}

// Lines of random length come back as they were written, whatever pieces read() gives.
static void
test_lines(void)
{
    static char data[5000];
    struct reader r;
    struct text line = {0};
    int i, at, round;

    for (round = 0; round < 200; round++) {
        file_left = (int)rnd_below(sizeof(data));
        for (i = 0; i < file_left; i++)
            data[i] = rnd_below(round % 4 ? 20 : 4000) ? (char)rnd() : '\n';
        file = data;
        i = file_left;
        file_error = 0;
        reader_init(&r, 0);
        for (at = 0; reader_line(&r, &line) > 0; at += (int)line.len + 1) {
            CHECK_EQ(host_memcmp(line.p, data + at, line.len), 0);
            CHECK_EQ(line.p[line.len], 0);
            CHECK(at + (int)line.len == i || data[at + (int)line.len] == '\n');
        }
        CHECK(at == i || (at == i + 1 && i > 0 && data[i - 1] != '\n'));
    }
    file_left = 0;
    file_error = -1;
    reader_init(&r, 0);
    CHECK_EQ(reader_line(&r, &line), -1);
    CHECK_EQ(reader_char(&r), -2);
    file_error = 0;
    CHECK_EQ(reader_char(&r), -1);
    text_free(&line);
}

// The reads of a file are those of xv6's grep: each fills the 1023 bytes behind an unfinished line.
static void
test_reads(void)
{
    static char data[2059];
    static const int ends[] = {965, 1988, 2058};
    struct reader r;
    struct text line = {0};
    int n = 0;

    memset(data, 'x', sizeof(data));
    for (size_t i = 0; i < NELEM(ends); i++)
        data[ends[i]] = '\n';
    file = data;
    file_left = sizeof(data);
    file_whole = true;
    reader_init(&r, 0);
    while (reader_line(&r, &line) > 0)
        n++;
    file_whole = false;
    CHECK_EQ(n, 3);
    CHECK_EQ(nreads, 3);
    CHECK_EQ(reads[0], 1023);
    CHECK_EQ(reads[1], 966);
    CHECK_EQ(reads[2], 70);
    text_free(&line);
}

int
main(void)
{
    test_format();
    test_format_own();
    test_numbers();
    test_memory();
    test_sort();
    test_options();
    test_lines();
    test_reads();
    return test_done();
}

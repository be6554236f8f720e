// SPDX-License-Identifier: MIT
// test.h - for host tests: checks that print place and values, repeatable random numbers, and
// expected panics. A test is one main() that ends with `return test_done();`.
//
// A test that checks kernel code lists tests/host/shim/host.c in its SOURCES (panic, assert).
#pragma once

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/types.h"

static unsigned long test_checks;
static uint64 test_seed = 0x9e3779b97f4a7c15;

__attribute__((noinline, unused)) static void
test_fail(const char *file, int line, const char *what, unsigned long a, unsigned long b)
{
    fflush(stdout);
    fprintf(stderr, "%s:%d: FAIL %s: %ld (0x%lx) and %ld (0x%lx)\n", file, line, what, (long)a, a,
            (long)b, b);
    exit(1);
}

#define CHECK_OP(a, op, b)                                                                         \
    do {                                                                                           \
        unsigned long test_a = (unsigned long)(a), test_b = (unsigned long)(b);                    \
        test_checks++;                                                                             \
        if (!(test_a op test_b))                                                                   \
            test_fail(__FILE__, __LINE__, #a " " #op " " #b, test_a, test_b);                      \
    } while (0)

#define CHECK(cond)        CHECK_OP(!!(cond), !=, 0)
#define CHECK_EQ(a, b)     CHECK_OP(a, ==, b)
#define CHECK_STR(a, b)    CHECK_OP(test_same((a), (b), __FILE__, __LINE__), ==, true)
#define CHECK_MEM(a, b, n) CHECK_OP(memcmp(a, b, n), ==, 0)

__attribute__((unused)) static bool
test_same(const char *a, const char *b, const char *file, int line)
{
    if (strcmp(a, b) != 0)
        fprintf(stderr, "%s:%d: \"%s\" and \"%s\"\n", file, line, a, b);
    return strcmp(a, b) == 0;
}

// The statement must panic, and the message must begin with `prefix`.
#define EXPECT_PANIC(prefix, statement)                                                            \
    do {                                                                                           \
        jmp_buf *test_outer = host_catch, test_env;                                                \
        host_catch = &test_env;                                                                    \
        bool test_caught = setjmp(test_env) != 0;                                                  \
        if (!test_caught) {                                                                        \
            statement;                                                                             \
        }                                                                                          \
        host_catch = test_outer;                                                                   \
        CHECK(test_caught);                                                                        \
        CHECK_EQ(strncmp(host_panic_text, prefix, strlen(prefix)), 0);                             \
    } while (0)

extern jmp_buf *host_catch; // in shim/host.c, as the next
extern char host_panic_text[512];

// A random number; the sequence is the same in every run.
__attribute__((unused)) static uint64
rnd(void)
{
    test_seed ^= test_seed << 13;
    test_seed ^= test_seed >> 7;
    test_seed ^= test_seed << 17;
    return test_seed * 0x2545f4914f6cdd1d >> 11;
}

// A random number below n.
__attribute__((unused)) static uint64
rnd_below(uint64 n)
{
    return rnd() % n;
}

// A test without a check does not count as passed.
__attribute__((unused)) static int
test_done(void)
{
    if (test_checks == 0)
        fprintf(stderr, "FAIL: nothing was checked\n");
    return test_checks == 0;
}

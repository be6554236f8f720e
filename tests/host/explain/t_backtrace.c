// SPDX-License-Identifier: MIT
// t_backtrace.c - symbols from a table, callers from a made-up stack, and stacks that lie.
//
// SOURCES: kernel/panic/backtrace.c kernel/panic/ksyms.c
#include "test.h"

#include "panic/backtrace.h"
#include "panic/ksyms.h"

asm(".data\n .globl _text, _etext\n _text: .zero 4096\n _etext:\n .text");

const uint64 ksyms_count = 3;
const uint32 ksyms_addr[] = {0x10, 0x20, 0x100};
const uint32 ksyms_name[] = {0, 6, 11};
const char ksyms_strings[] = "entry\0main\0last";

static void
expect_symbol(uint64 at, const char *name, uint64 distance)
{
    uint64 offset = 0;
    const char *found = ksyms_lookup((uint64)_text + at, &offset);
    CHECK(found != NULL);
    CHECK_STR(found, name);
    CHECK_EQ(offset, distance);
}

static void
test_symbols(void)
{
    uint64 offset;
    expect_symbol(0x10, "entry", 0);
    expect_symbol(0x1f, "entry", 15);
    expect_symbol(0x20, "main", 0);
    expect_symbol(0xff, "main", 0xdf);
    expect_symbol(4095, "last", 4095 - 0x100);
    CHECK_EQ(ksyms_lookup((uint64)_text + 0xf, &offset), NULL);
    CHECK_EQ(ksyms_lookup((uint64)_text + 4096, &offset), NULL);
    CHECK_EQ(ksyms_lookup((uint64)_text - 1, &offset), NULL);
    CHECK_EQ(ksyms_lookup(0, &offset), NULL);
}

#define WORDS 64

static uint64 *stack;

// Puts a frame whose frame pointer is the address of word `at`.
static void
frame(int at, uint64 ra, int caller)
{
    stack[at - 1] = ra;
    stack[at - 2] = (uint64)(stack + caller);
}

static int
walk(int from, uint64 *pcs, int max)
{
    return backtrace_walk((uint64)(stack + from), (uint64)stack, (uint64)(stack + WORDS), pcs, max);
}

static void
test_walk(void)
{
    uint64 pcs[8] = {0};
    stack = calloc(WORDS, sizeof *stack);
    frame(4, 0x111, 10);
    frame(10, 0x222, WORDS);
    frame(WORDS, 0x333, 0);
    CHECK_EQ(walk(4, pcs, 8), 3);
    CHECK(pcs[0] == 0x111 && pcs[1] == 0x222 && pcs[2] == 0x333);
    CHECK_EQ(walk(4, pcs, 2), 2);
    frame(10, 0x222, 10); // a circle
    CHECK_EQ(walk(4, pcs, 8), 2);
    frame(10, 0x222, 4); // backwards
    CHECK_EQ(walk(4, pcs, 8), 2);
    frame(10, 0x222, WORDS + 1); // off the end
    CHECK_EQ(walk(4, pcs, 8), 2);
    stack[10 - 2] = ~0UL;
    CHECK_EQ(walk(4, pcs, 8), 2);
    stack[10 - 2] = (uint64)stack + 81; // misaligned
    CHECK_EQ(walk(4, pcs, 8), 2);
    CHECK_EQ(walk(1, pcs, 8), 0); // its words would lie below the stack
    CHECK_EQ(walk(WORDS + 1, pcs, 8), 0);
    free(stack);
}

int
main(void)
{
    test_symbols();
    test_walk();
    return test_done();
}

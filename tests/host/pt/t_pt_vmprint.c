// SPDX-License-Identifier: MIT
// t_pt_vmprint.c - the printed forms of a page table, byte for byte.
//
// SOURCES: kernel/pt/*.c kernel/pt/read/*.c tests/host/shim/host.c
#include "test.h"

#include <stdarg.h>

#include "pt/read/vmprint.h"

#define BASE 0x87f60000UL

static _Alignas(4096) pte_t arena[16][PT_ENTRIES];
static int used;
static char text[4096];

static uint64
bump(struct pt *t)
{
    (void)t;
    memset(arena[used], 0, PGSIZE);
    return BASE + (uint64)used++ * PGSIZE;
}

static struct pt_env env = {.levels = 3, .alloc = bump};
static struct pt t;

__attribute__((format(printf, 2, 3))) static int
collect(void *ctx, const char *fmt, ...)
{
    va_list ap;
    size_t n = strlen(text);
    CHECK(ctx == &t);
    va_start(ap, fmt);
    vsnprintf(text + n, sizeof text - n, fmt, ap);
    va_end(ap);
    return 0;
}

static const char *
print(uint64 start, uint64 end, enum vmprint_style style)
{
    text[0] = '\0';
    vmprint(&t, start, end, style, collect, &t);
    return text;
}

// The shape of the first process in the course: text, guard, stack; trapframe and trampoline on
// top.
static void
make_init(int levels)
{
    used = 0;
    env.levels = levels;
    env.direct = (uint64)arena - BASE;
    CHECK_EQ(pt_create(&t, &env), 0);
    CHECK_EQ(map_page(&t, 0, 0x21fda81f), 0);
    CHECK_EQ(map_page(&t, 0x1000, 0x21fda40f), 0);
    CHECK_EQ(map_page(&t, 0x2000, 0x21fda01f), 0);
    CHECK_EQ(map_page(&t, 0x3fffffe000, 0x21fdd007), 0);
    CHECK_EQ(map_page(&t, 0x3ffffff000, 0x20001c0b), 0);
    CHECK_EQ(map_page(&t, -0x1000UL, 0x20001c0b), 0);
}

static void
test_2020(void)
{
    make_init(3);
    CHECK_STR(print(0, pt_half(3), VMPRINT_2020),
              "page table 0x0000000087f60000\n"
              " ..0: pte 0x0000000021fd8401 pa 0x0000000087f61000\n"
              " .. ..0: pte 0x0000000021fd8801 pa 0x0000000087f62000\n"
              " .. .. ..0: pte 0x0000000021fda81f pa 0x0000000087f6a000\n"
              " .. .. ..1: pte 0x0000000021fda40f pa 0x0000000087f69000\n"
              " .. .. ..2: pte 0x0000000021fda01f pa 0x0000000087f68000\n"
              " ..255: pte 0x0000000021fd8c01 pa 0x0000000087f63000\n"
              " .. ..511: pte 0x0000000021fd9001 pa 0x0000000087f64000\n"
              " .. .. ..510: pte 0x0000000021fdd007 pa 0x0000000087f74000\n"
              " .. .. ..511: pte 0x0000000020001c0b pa 0x0000000080007000\n");
}

static void
test_other_styles(void)
{
    make_init(3);
    CHECK_STR(print(0, 0x1000, VMPRINT_PLAIN),
              "page table 0x0000000087f60000\n"
              "..0: pte 0x0000000021fd8401 pa 0x0000000087f61000\n"
              ".. ..0: pte 0x0000000021fd8801 pa 0x0000000087f62000\n"
              ".. .. ..0: pte 0x0000000021fda81f pa 0x0000000087f6a000\n");
    CHECK_STR(print(-pt_half(3), 0, VMPRINT_2024),
              "page table 0x0000000087f60000\n"
              " ..0xffffffffc0000000: pte 0x0000000021fd9401 pa 0x0000000087f65000\n"
              " .. ..0xffffffffffe00000: pte 0x0000000021fd9801 pa 0x0000000087f66000\n"
              " .. .. ..0xfffffffffffff000: pte 0x0000000020001c0b pa 0x0000000080007000\n");
    CHECK_STR(print(0x1000, 0x2000, VMPRINT_2024),
              "page table 0x0000000087f60000\n"
              " ..0x0000000000000000: pte 0x0000000021fd8401 pa 0x0000000087f61000\n"
              " .. ..0x0000000000000000: pte 0x0000000021fd8801 pa 0x0000000087f62000\n"
              " .. .. ..0x0000000000001000: pte 0x0000000021fda40f pa 0x0000000087f69000\n");
    CHECK_STR(print(0x2000, 0x3000, VMPRINT_VERBOSE),
              "page table 0x0000000087f60000\n"
              " ..0: pte 0x0000000021fd8401 pa 0x0000000087f61000\n"
              "level= 2, is it pgtbl? yes\n"
              " .. ..0: pte 0x0000000021fd8801 pa 0x0000000087f62000\n"
              "level= 1, is it pgtbl? yes\n"
              " .. .. ..2: pte 0x0000000021fda01f pa 0x0000000087f68000\n"
              "level= 0, is it pgtbl? no\n");
}

static void
test_other_shapes(void)
{
    make_init(3);
    CHECK_EQ(mappages(&t, 0x40200000, 2 << 20, 0x80000000, PTE_R, 1), 0);
    CHECK_EQ(mappages(&t, 0x80000000, 1 << 30, 0x80000000, PTE_R, 2), 0);
    CHECK_STR(print(0x40000000, 0xc0000000, VMPRINT_2020),
              "page table 0x0000000087f60000\n"
              " ..1: pte 0x0000000021fd9c01 pa 0x0000000087f67000\n"
              " .. ..1: pte 0x0000000020000003 pa 0x0000000080000000\n"
              " ..2: pte 0x0000000020000003 pa 0x0000000080000000\n");
    make_init(5);
    CHECK_STR(print(0, 0x1000, VMPRINT_2020),
              "page table 0x0000000087f60000\n"
              " ..0: pte 0x0000000021fd8401 pa 0x0000000087f61000\n"
              " .. ..0: pte 0x0000000021fd8801 pa 0x0000000087f62000\n"
              " .. .. ..0: pte 0x0000000021fd8c01 pa 0x0000000087f63000\n"
              " .. .. .. ..0: pte 0x0000000021fd9001 pa 0x0000000087f64000\n"
              " .. .. .. .. ..0: pte 0x0000000021fda81f pa 0x0000000087f6a000\n");
}

int
main(void)
{
    test_2020();
    test_other_styles();
    test_other_shapes();
    return test_done();
}

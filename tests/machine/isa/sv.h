// SPDX-License-Identifier: MIT
// sv.h - page tables for the tests of translation. LEVELS says which mode: 3, 4 or 5.
//
// Root entry 2 (of Sv39; the upper levels have one entry for it) maps the first GiB of RAM to itself:
// there the tests run. Entry 0 leads to `middle`, whose entry 320 leads to `low`: 0x28000000 and the
// following pages are there for the tests.
#pragma once

#include "isa.h"

#define PTE_V 1
#define PTE_R 2
#define PTE_W 4
#define PTE_X 8
#define PTE_U 16
#define PTE_G 32
#define PTE_A 64
#define PTE_D 128

#define RWX (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)
#define VA  0x28000000

// Entry `index` of `table` becomes a pointer to the address with these flags.
#define ENTRY(table, index, address, flags)                                                        \
    la t0, address;                                                                                \
    ENTRY_OF_T0(table, index, flags)
// The same for an address that is a number.
#define ENTRY_AT(table, index, address, flags)                                                     \
    li t0, address;                                                                                \
    ENTRY_OF_T0(table, index, flags)
#define ENTRY_OF_T0(table, index, flags)                                                           \
    srli t0, t0, 12;                                                                               \
    slli t0, t0, 10;                                                                               \
    li t1, flags;                                                                                  \
    or t0, t0, t1;                                                                                 \
    la t1, table;                                                                                  \
    li t2, (index) * 8;                                                                            \
    add t1, t1, t2;                                                                                \
    sd t0, 0(t1);                                                                                  \
    sfence.vma

// Reads it into `reg`.
#define FLAGS(reg, table, index)                                                                   \
    la t1, table;                                                                                  \
    ld reg, (index) * 8(t1);                                                                       \
    andi reg, reg, 0xff

// The page at VA becomes `data` with these flags.
#define PAGE(flags) ENTRY(low, 0, data, flags)

// The code of the tests becomes the supervisor's, or the user's.
#define FOR_S ENTRY_AT(gigabytes, 2, 0x80000000, RWX)
#define FOR_U ENTRY_AT(gigabytes, 2, 0x80000000, RWX | PTE_U)

// A load, a store or a jump to a0 + 0 in a mode succeeds, or raises a page fault.
#define LOADS(mode)                                                                                \
    IN(mode, ld a1, 0(a0));                                                                        \
    EXPECT(s2, ECALL_U + mode)
#define STORES(mode)                                                                               \
    IN(mode, sd a1, 0(a0));                                                                        \
    EXPECT(s2, ECALL_U + mode)
#define JUMPS(mode)                                                                                \
    IN(mode, jr a0);                                                                               \
    EXPECT(s2, ECALL_U + mode);                                                                    \
    EXPECT_SAME(s3, a0)
#define LOAD_FAULTS(mode)                                                                          \
    IN(mode, ld a1, 0(a0));                                                                        \
    EXPECT(s2, LOAD_PAGE);                                                                         \
    EXPECT_SAME(s4, a0);                                                                           \
    EXPECT_ADDRESS(s3, 77b)
#define STORE_FAULTS(mode)                                                                         \
    IN(mode, sd a1, 0(a0));                                                                        \
    EXPECT(s2, STORE_PAGE);                                                                        \
    EXPECT_SAME(s4, a0);                                                                           \
    EXPECT_ADDRESS(s3, 77b)
#define JUMP_FAULTS(mode)                                                                          \
    IN(mode, jr a0);                                                                               \
    EXPECT(s2, FETCH_PAGE);                                                                        \
    EXPECT_SAME(s4, a0);                                                                           \
    EXPECT_SAME(s3, a0)

#define ALL_FAULT(mode)                                                                            \
    LOAD_FAULTS(mode);                                                                             \
    STORE_FAULTS(mode);                                                                            \
    JUMP_FAULTS(mode)

#if LEVELS == 3
#define ROOT  gigabytes
#define UPPER
#define TOP   -0x4000000000
#elif LEVELS == 4
#define ROOT  level3
#define UPPER ENTRY(level3, 0, gigabytes, PTE_V)
#define TOP   -0x800000000000
#else
#define ROOT  level4
#define UPPER                                                                                      \
    ENTRY(level3, 0, gigabytes, PTE_V);                                                            \
    ENTRY(level4, 0, level3, PTE_V)
#define TOP -0x100000000000000
#endif

// Builds the tables and writes satp.
#define TRANSLATION_ON                                                                             \
    UPPER;                                                                                         \
    FOR_S;                                                                                         \
    ENTRY(gigabytes, 0, middle, PTE_V);                                                            \
    ENTRY(middle, 320, low, PTE_V);                                                                  \
    la t0, ROOT;                                                                                   \
    srli t0, t0, 12;                                                                               \
    li t1, (LEVELS + 5) << 60;                                                                     \
    or t0, t0, t1;                                                                                 \
    csrw satp, t0;                                                                                 \
    sfence.vma

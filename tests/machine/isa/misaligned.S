// SPDX-License-Identifier: MIT
// misaligned.S - loads and stores at every offset: done by the hart, or, with TRAPS, refused by it.
#include "isa.inc"

#ifdef TRAPS
#define ACCESS(cause, ...)                                                                         \
    TRY(__VA_ARGS__);                                                                              \
    EXPECT(s2, cause);                                                                             \
    EXPECT_SAME(s4, a0);                                                                           \
    EXPECT_ADDRESS(s3, 77b)
#define LOADED(value)
#define STORED(value)
#else
#define ACCESS(cause, ...)                                                                         \
    TRY(__VA_ARGS__);                                                                              \
    EXPECT(s2, ECALL_M)
#define LOADED(value) EXPECT(a1, value)
#define STORED(value)                                                                              \
    la a3, room;                                                                                   \
    ld a4, 0(a3);                                                                                  \
    EXPECT(a4, value)
#endif

    .option norvc
    .text
    .globl main
main:
    la a0, data + 1
    ACCESS(4, lh a1, 0(a0))
    LOADED(0xffffffffffff8382)
    ACCESS(4, lhu a1, 0(a0))
    LOADED(0x8382)
    ACCESS(4, lw a1, 0(a0))
    LOADED(0xffffffff85848382)
    ACCESS(4, lwu a1, 0(a0))
    LOADED(0x85848382)
    ACCESS(4, ld a1, 0(a0))
    LOADED(0x1188878685848382)
    ACCESS(4, flw fa0, 0(a0))
    ACCESS(4, fld fa0, 0(a0))
    la a0, data + 4
    ACCESS(4, ld a1, 0(a0))
    LOADED(0x1413121188878685)
    la a0, data + 6
    ACCESS(4, lw a1, 0(a0))
    LOADED(0x12118887)
    la a0, across - 3 // into the next page
    ACCESS(4, ld a1, 0(a0))
    LOADED(0x2524232221070605)
    ACCESS(4, lw a1, 0(a0))
    LOADED(0x21070605)
    la a0, across - 1
    ACCESS(4, lh a1, 0(a0))
    LOADED(0x2107)

    li a1, 0x1122334455667788
    la a0, room + 1
    ACCESS(STORE_MISALIGNED, sh a1, 0(a0))
    STORED(0x0000000000778800)
    ACCESS(STORE_MISALIGNED, sw a1, 0(a0))
    STORED(0x0000005566778800)
    ACCESS(STORE_MISALIGNED, sd a1, 0(a0))
    STORED(0x2233445566778800)
    fmv.d.x fa0, zero
    ACCESS(STORE_MISALIGNED, fsw fa0, 0(a0))
    STORED(0x2233440000000000)
    ACCESS(STORE_MISALIGNED, fsd fa0, 0(a0))
    STORED(0)
    la a0, across - 2
    ACCESS(STORE_MISALIGNED, sd a1, 0(a0))
    lhu a2, 0(a0)
    lw a3, 2(a0)
#ifndef TRAPS
    EXPECT(a2, 0x7788)
    EXPECT(a3, 0x33445566)
#endif
    // Aligned ones run in any case.
    la a0, data
    RUNS(M, ld a1, 8(a0); lw a1, 4(a0); lh a1, 2(a0); lb a1, 1(a0))
    RUNS(M, sb a1, 1(a0); sh a1, 2(a0); sw a1, 4(a0); sd a1, 8(a0))
    j pass

    .data
    .balign 4096
data:
    .dword 0x8887868584838281, 0x1817161514131211
room:
    .dword 0, 0
    .space 4056
    .dword 0x0706050403020100
across:
    .dword 0x2827262524232221

// SPDX-License-Identifier: MIT
// counters.S - cycle, time and instret: they advance, can be written in M, and are opened for S and U
// by mcounteren and scounteren; stimecmp by menvcfg.STCE and mcounteren.TM.
#include "isa.inc"

#define STCE (1 << 63)

    .option norvc
    .text
    .globl main
main:
    csrr a0, cycle
    csrr a1, cycle
    EXPECT_BELOW(a0, a1)
    csrr a0, instret
    csrr a1, instret
    EXPECT_BELOW(a0, a1)
    csrr a0, mcycle
    csrr a1, mcycle
    EXPECT_BELOW(a0, a1)
    csrr a0, minstret
    csrr a1, minstret
    EXPECT_BELOW(a0, a1)
    li a2, 0x5000000000000000
    csrw mcycle, a2
    nop
    csrr a0, cycle
    EXPECT_BELOW(a2, a0)
    csrw minstret, a2
    nop
    csrr a0, instret
    EXPECT_BELOW(a2, a0)
    li a2, 100
    csrw minstret, a2
    csrr a0, minstret
    li a2, 100000
    EXPECT_BELOW(a0, a2)

    // time moves on, and is mtime.
    csrr a0, time
1:  csrr a1, time
    beq a0, a1, 1b
    EXPECT_BELOW(a0, a1)
    li a2, MTIME
    csrr a0, time
    ld a1, 0(a2)
    csrr a3, time
    li gp, __LINE__
    bltu a1, a0, 1f
    bltu a3, a1, 1f
    j 2f
1:  j fail
2:

    // The modes that may read them.
    csrw mcounteren, zero
    csrw scounteren, zero
    REFUSED(S, csrr a0, cycle)
    REFUSED(S, csrr a0, time)
    REFUSED(S, csrr a0, instret)
    REFUSED(U, csrr a0, cycle)
    RUNS(M, csrr a0, cycle)
    li a0, 7
    csrw scounteren, a0
    REFUSED(U, csrr a0, time)
    csrwi mcounteren, 1
    RUNS(S, csrr a0, cycle)
    RUNS(U, csrr a0, cycle)
    REFUSED(S, csrr a0, time)
    REFUSED(U, csrr a0, instret)
    csrwi mcounteren, 2
    RUNS(S, csrr a0, time)
    RUNS(U, csrr a0, time)
    REFUSED(S, csrr a0, cycle)
    csrwi mcounteren, 4
    RUNS(S, csrr a0, instret)
    RUNS(U, csrr a0, instret)
    csrwi mcounteren, 7
    csrwi scounteren, 5
    RUNS(S, csrr a0, time)
    REFUSED(U, csrr a0, time)
    RUNS(U, csrr a0, instret)

    // stimecmp: M always; S if both are set; U never.
    li a2, STCE
    csrc MENVCFG, a2
    RUNS(M, csrr a0, STIMECMP)
    REFUSED(S, csrr a0, STIMECMP)
    csrs MENVCFG, a2
    RUNS(S, csrr a0, STIMECMP)
    REFUSED(U, csrr a0, STIMECMP)
    csrwi mcounteren, 5
    REFUSED(S, csrr a0, STIMECMP)
    REFUSED(S, csrw STIMECMP, zero)
    RUNS(M, csrr a0, STIMECMP)
    j pass

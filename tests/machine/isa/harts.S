// SPDX-License-Identifier: MIT
// harts.S - three harts at once: mhartid, software interrupts, AMO, LR/SC, locks, code that another
// hart has changed.
#include "isa.inc"

#define HARTS 3
#define TURNS 300

// Waits until the word at `label` has the value.
#define AWAIT(label, value)                                                                        \
    la t0, label;                                                                                  \
    li t2, value;                                                                                  \
    1 : lw t1, 0(t0);                                                                              \
    bne t1, t2, 1b;                                                                                \
    fence

// Stores the value to the word at `label`, after all stores before.
#define TELL(label, value)                                                                         \
    fence;                                                                                         \
    la t0, label;                                                                                  \
    li t1, value;                                                                                  \
    sw t1, 0(t0)

    .option norvc
    .text
    .globl main
main:
    la a0, work
    la a1, others
    sd a0, 0(a1)
    fence
    li a0, CLINT
    li a1, 1
    sw a1, 4(a0)
    sw a1, 8(a0)
    jal together
    la a0, done
1:  lw a1, 0(a0)
    li a2, HARTS - 1
    bne a1, a2, 1b
    fence

    // Nothing is lost.
    la a0, by_amo
    lw a1, 0(a0)
    EXPECT(a1, HARTS * TURNS)
    lw a1, 4(a0)
    EXPECT(a1, HARTS * TURNS)
    lw a1, 8(a0)
    EXPECT(a1, HARTS * TURNS)
    la a0, ids
    lw a1, 0(a0)
    EXPECT(a1, 0)
    lw a1, 4(a0)
    EXPECT(a1, 1)
    lw a1, 8(a0)
    EXPECT(a1, 2)

    // Between LR and SC another hart stores: SC fails.
    la a0, target
    lw a1, 0(a0)
    lr.w a1, (a0)
    TELL(flag, 1)
    AWAIT(flag, 2)
    la a0, target
    sc.w a2, a1, (a0)
    EXPECT(a2, 1)
    lw a2, 0(a0)
    EXPECT(a2, NEW_VALUE)

    // It changes code; fence.i on this hart, after its message, makes it visible.
    jal changing
    EXPECT(a0, 1)
    TELL(flag, 3)
    AWAIT(flag, 4)
    fence.i
    jal changing
    EXPECT(a0, 2)
    j pass

// The work of hart 1, with the others.
work:
    csrr s0, mhartid
    slli a0, s0, 2
    li a1, CLINT
    add a1, a1, a0
    sw zero, 0(a1)
    jal together
    la a0, done
    li a1, 1
    fence
    amoadd.w zero, a1, (a0)
    li a1, 1
    bne s0, a1, idle_now
    AWAIT(flag, 1)
    la a0, target
    li a1, NEW_VALUE
    sw a1, 0(a0)
    TELL(flag, 2)
    AWAIT(flag, 3)
    la a0, changing
    lw a1, 8(a0)
    sw a1, 0(a0)
    TELL(flag, 4)
idle_now:
    wfi
    j idle_now

// The work of every hart.
together:
    csrr a0, mhartid
    slli a1, a0, 2
    la a2, ids
    add a2, a2, a1
    sw a0, 0(a2)
    li a3, TURNS
    la a0, by_amo
    la a1, by_reservation
    la a2, lock
    la a7, by_lock
1:  li a4, 1
    amoadd.w zero, a4, (a0)
2:  lr.w a5, (a1)
    addi a5, a5, 1
    sc.w a6, a5, (a1)
    bnez a6, 2b
3:  amoswap.w.aq a6, a4, (a2)
    bnez a6, 3b
    lw a5, 0(a7)
    addi a5, a5, 1
    sw a5, 0(a7)
    amoswap.w.rl zero, zero, (a2)
    addi a3, a3, -1
    bnez a3, 1b
    ret

changing:
    li a0, 1
    ret
    li a0, 2

    .data
    .balign 64
by_amo:
    .word 0
by_reservation:
    .word 0
by_lock:
    .word 0
lock:
    .word 0
done:
    .word 0
flag:
    .word 0
ids:
    .word -1, -1, -1
    .balign 64
target:
    .word 5

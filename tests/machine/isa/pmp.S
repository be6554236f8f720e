// SPDX-License-Identifier: MIT
// pmp.S - physical memory protection: fields, ranges, which entry decides, locks, MPRV.
#include "isa.inc"

#define R 1
#define W 2
#define X 4
#define TOR (1 << 3)
#define NA4 (2 << 3)
#define NAPOT (3 << 3)
#define L (1 << 7)

#define LOADS(mode, address)                                                                       \
    la a0, address;                                                                                \
    IN(mode, lw a1, 0(a0));                                                                        \
    EXPECT(s2, ECALL_U + mode)
#define LOAD_REFUSED(mode, address)                                                                \
    la a0, address;                                                                                \
    IN(mode, lw a1, 0(a0));                                                                        \
    EXPECT(s2, LOAD_ACCESS);                                                                       \
    EXPECT_SAME(s4, a0)
#define STORES(mode, address)                                                                      \
    la a0, address;                                                                                \
    IN(mode, sw a1, 0(a0));                                                                        \
    EXPECT(s2, ECALL_U + mode)
#define STORE_REFUSED(mode, address)                                                               \
    la a0, address;                                                                                \
    IN(mode, sw a1, 0(a0));                                                                        \
    EXPECT(s2, STORE_ACCESS);                                                                      \
    EXPECT_SAME(s4, a0)

// Entry n is `data` shifted, then the configuration. Entry 15 stays open for all.
#define ENTRY(n, value, cfg)                                                                       \
    la a0, value;                                                                                  \
    srli a0, a0, 2;                                                                                \
    csrw pmpaddr##n, a0;                                                                           \
    li a1, 0xff << (n * 8);                                                                          \
    csrc pmpcfg0, a1;                                                                              \
    li a1, (cfg) << (n * 8);                                                                         \
    csrs pmpcfg0, a1;                                                                              \
    sfence.vma

    .option norvc
    .text
    .globl main
main:
    // Fields.
    li a0, 0x1f
    slli a1, a0, 56
    csrw pmpcfg2, a1
    li a2, -1
    csrw pmpaddr15, a2
    csrw pmpcfg0, zero
    csrw pmpaddr0, zero
    csrr a3, pmpcfg2
    EXPECT_SAME(a3, a1)
    csrr a3, pmpcfg0
    EXPECT(a3, 0)
    li a0, 0x0807060504030201 & 0x0404040404040404 // no W without R
    csrw pmpcfg0, a0
    csrr a1, pmpcfg0
    EXPECT_SAME(a1, a0)
    csrw pmpcfg0, zero
    li a0, 0x1234567
    csrw pmpaddr3, a0
    csrr a1, pmpaddr3
    EXPECT_SAME(a1, a0)
    csrw pmpaddr3, zero

    // An entry that is off does not matter; NAPOT of 8 bytes and of 4 KiB; NA4; rights one by one.
    LOADS(U, data)
    STORES(S, data)
    ENTRY(0, data, NAPOT)           // ends in 0: 8 bytes
    LOAD_REFUSED(U, data)
    LOAD_REFUSED(S, data + 4)
    LOADS(U, data + 8)
    LOADS(U, data - 4)
    LOADS(M, data)
    ENTRY(0, data, NAPOT | R)
    LOADS(U, data)
    STORE_REFUSED(U, data)
    ENTRY(0, data, NAPOT | R | W)
    STORES(S, data)
    ENTRY(0, data, NAPOT | X)
    LOAD_REFUSED(U, data)
    ENTRY(0, data + 2044, NAPOT)    // 4 KiB
    LOAD_REFUSED(U, data)
    LOAD_REFUSED(U, data + 4092)
    LOADS(U, data - 4)
    LOADS(U, data + 4096)
    ENTRY(0, data + 4, NA4)
    LOADS(U, data)
    LOAD_REFUSED(U, data + 4)
    LOADS(U, data + 8)

    // TOR from the entry below; from 0 in entry 0; an empty range matches nothing.
    ENTRY(0, data, 0)
    ENTRY(1, data + 4, TOR)
    LOAD_REFUSED(U, data)
    LOADS(U, data + 4)
    LOADS(U, data - 4)
    ENTRY(1, data, TOR)
    LOADS(U, data)
    ENTRY(1, data - 4, TOR)
    LOADS(U, data)
    LOADS(U, data - 4)
    ENTRY(1, data, 0)

    // The entry with the lowest number decides, also when it forbids.
    ENTRY(0, data, NA4 | R)
    ENTRY(1, data + 2044, NAPOT)
    LOADS(U, data)
    LOAD_REFUSED(U, data + 4)
    STORE_REFUSED(U, data)

    // An access that an entry covers only in part fails.
    ENTRY(0, data, NA4 | R | W | X)
    ENTRY(1, data, 0)
    la a0, data
    IN(U, ld a1, 0(a0))
    EXPECT(s2, LOAD_ACCESS)
    LOADS(U, data)

    // Fetches.
    ENTRY(0, routine, NA4 | R | W)
    la a0, routine
    IN(U, jr a0)
    EXPECT(s2, 1)
    EXPECT_SAME(s3, a0)
    EXPECT_SAME(s4, a0)
    ENTRY(0, routine, NA4 | X)
    IN(U, la a0, routine; jr a0)
    EXPECT(s2, ECALL_U)
    LOAD_REFUSED(U, routine)

    // With no entry that matches, S and U fail; M does not. MPRV makes M's data accesses those of MPP.
    ENTRY(0, data, NA4)
    li a0, MSTATUS_MPP | MSTATUS_MPRV
    li a1, MSTATUS_MPRV
    la a2, data
    la a4, data + 8
    li a5, MSTATUS_MPP
    IN(M, csrc mstatus, a5; csrs mstatus, a1; lw a3, 0(a4); lw a3, 0(a2))
    EXPECT(s2, LOAD_ACCESS)
    EXPECT_SAME(s4, a2)
    IN(M, csrs mstatus, a5; csrs mstatus, a1; lw a3, 0(a4); lw a3, 0(a2))
    EXPECT(s2, ECALL_M)
    ENTRY(0, data, 0)

    // Locked: counts for M, cannot be changed, nor can the address below a locked TOR.
    ENTRY(4, data + 16, L | NA4 | R)
    LOADS(M, data + 16)
    STORE_REFUSED(M, data + 16)
    STORE_REFUSED(U, data + 16)
    LOADS(U, data + 16)
    csrw pmpcfg0, zero
    csrr a0, pmpcfg0
    EXPECT(a0, (L | NA4 | R) << 32)
    csrr a1, pmpaddr4
    csrw pmpaddr4, zero
    csrr a0, pmpaddr4
    EXPECT_SAME(a0, a1)
    ENTRY(5, data + 64, 0)
    ENTRY(6, data + 68, L | TOR)
    LOAD_REFUSED(M, data + 64)
    csrr a1, pmpaddr5
    csrw pmpaddr5, zero
    csrr a0, pmpaddr5
    EXPECT_SAME(a0, a1)
    li a0, 7
    csrw pmpaddr7, a0
    csrr a1, pmpaddr7
    EXPECT_SAME(a0, a1)

    // Without an entry: nothing for U.
    csrw pmpcfg2, zero
    IN(U, nop)
    EXPECT(s2, 1)
    EXPECT_ADDRESS(s3, 77b)
    EXPECT_ADDRESS(s4, 77b)
    j pass

    .balign 16
    nop
    nop
routine:
    ecall
    nop

    .data
    .balign 4096
    .space 4096
data:
    .space 8192

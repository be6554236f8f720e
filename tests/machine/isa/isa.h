// SPDX-License-Identifier: MIT
// isa.h - what the tests of instructions and CSRs are written with.
//
// A test is `main:`, in machine mode, on hart 0; it ends with `j pass`. start.S has the rest.
// A check that fails prints the line where it stands. t6 and gp belong to the checks, tp to start.S.
//
// IN(mode, instructions) executes them in that mode, until one traps, or the ecall behind them does.
// Then: s2 mcause, s3 mepc, s4 mtval, s5 mstatus at the trap; registers are as the instructions left
// them. ra, t0 and t1 are used on the way in.
#pragma once

#define U 0
#define S 1
#define M 3

#define ILLEGAL          2
#define BREAKPOINT       3
#define LOAD_ACCESS      5
#define STORE_MISALIGNED 6
#define STORE_ACCESS     7
#define ECALL_U          8
#define ECALL_S          9
#define ECALL_M          11
#define FETCH_PAGE       12
#define LOAD_PAGE        13
#define STORE_PAGE       15
#define INTERRUPT(n)     (1 << 63 | (n))

#define MSTATUS_SIE  (1 << 1)
#define MSTATUS_MIE  (1 << 3)
#define MSTATUS_SPIE (1 << 5)
#define MSTATUS_MPIE (1 << 7)
#define MSTATUS_SPP  (1 << 8)
#define MSTATUS_MPP  (3 << 11)
#define MSTATUS_FS   (3 << 13)
#define MSTATUS_MPRV (1 << 17)
#define MSTATUS_SUM  (1 << 18)
#define MSTATUS_MXR  (1 << 19)
#define MSTATUS_TVM  (1 << 20)
#define MSTATUS_TW   (1 << 21)
#define MSTATUS_TSR  (1 << 22)

#define SSIP (1 << 1)
#define MSIP (1 << 3)
#define STIP (1 << 5)
#define MTIP (1 << 7)
#define SEIP (1 << 9)
#define MEIP (1 << 11)

#define CLINT    0x2000000
#define MTIMECMP (CLINT + 0x4000)
#define MTIME    (CLINT + 0xbff8)
#define UART     0x10000000
#define FINISHER 0x100000

#define MENVCFG  0x30a
#define SENVCFG  0x10a
#define STIMECMP 0x14d

// The register must hold the value.
#define EXPECT(reg, value)                                                                         \
    li gp, __LINE__;                                                                               \
    li t6, value;                                                                                  \
    beq reg, t6, . + 8;                                                                            \
    j fail

// Two registers must be equal, or unequal, or in order (unsigned).
#define EXPECT_SAME(a, b)                                                                          \
    li gp, __LINE__;                                                                               \
    beq a, b, . + 8;                                                                               \
    j fail
#define EXPECT_OTHER(a, b)                                                                         \
    li gp, __LINE__;                                                                               \
    bne a, b, . + 8;                                                                               \
    j fail
#define EXPECT_BELOW(a, b)                                                                         \
    li gp, __LINE__;                                                                               \
    bltu a, b, . + 8;                                                                              \
    j fail

// The bits of the register that the mask shows must be the value.
#define EXPECT_BITS(reg, mask, value)                                                              \
    li gp, __LINE__;                                                                               \
    li t6, mask;                                                                                   \
    and t5, reg, t6;                                                                               \
    li t6, value;                                                                                  \
    beq t5, t6, . + 8;                                                                             \
    j fail

// The register must hold the address.
#define EXPECT_ADDRESS(reg, address)                                                               \
    li gp, __LINE__;                                                                               \
    la t6, address;                                                                                \
    beq reg, t6, . + 8;                                                                            \
    j fail

#define NEVER                                                                                      \
    li gp, __LINE__;                                                                               \
    j fail

#define IN(mode, ...)                                                                              \
    li gp, __LINE__;                                                                               \
    li t0, mode;                                                                                   \
    la t1, 77f;                                                                                    \
    jal run;                                                                                       \
    j 78f;                                                                                         \
    77 : __VA_ARGS__;                                                                              \
    ecall;                                                                                         \
    78:

// The same in mode M.
#define TRY(...) IN(M, __VA_ARGS__)

// The last IN or TRY must have trapped so, at its first instruction.
#define TRAPPED(cause, tval)                                                                       \
    EXPECT(s2, cause);                                                                             \
    EXPECT(s4, tval);                                                                              \
    EXPECT_ADDRESS(s3, 77b)

// Executes one instruction in a mode; it must be illegal. What mtval holds is in zicsr.S.
#define REFUSED(mode, ...)                                                                         \
    IN(mode, __VA_ARGS__);                                                                         \
    EXPECT(s2, ILLEGAL);                                                                           \
    EXPECT_ADDRESS(s3, 77b)

// It must run to its end.
#define RUNS(mode, ...)                                                                            \
    IN(mode, __VA_ARGS__);                                                                         \
    EXPECT(s2, ECALL_U + mode)

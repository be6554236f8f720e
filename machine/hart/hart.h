// SPDX-License-Identifier: MIT
// hart.h - the state of one hart.
//
// Theory    `struct hart` is plain data: a snapshot copies it. State derived from it and from
//           memory (decoded instructions, shortcuts) is in `struct lane`, which is dropped instead.
//           Writes to x0 go to x[32]; the decoder sees to that, so that no handler has to test.
// Manual    unpriv: rv32, rv64; priv: machine, supervisor
#pragma once

#include "base/types.h"
#include "mmu/rules.h"

#define HARTS_MAX 8

enum { MODE_U = 0, MODE_S = 1, MODE_M = 3 };

// Bits of mstatus (and of sstatus, which shows some of them).
#define STATUS_SIE       (1ULL << 1)
#define STATUS_MIE       (1ULL << 3)
#define STATUS_SPIE      (1ULL << 5)
#define STATUS_MPIE      (1ULL << 7)
#define STATUS_SPP       (1ULL << 8)
#define STATUS_MPP_SHIFT 11
#define STATUS_MPP       (3ULL << STATUS_MPP_SHIFT)
#define STATUS_FS        (3ULL << 13)
#define STATUS_MPRV      (1ULL << 17)
#define STATUS_SUM       (1ULL << 18)
#define STATUS_MXR       (1ULL << 19)
#define STATUS_TVM       (1ULL << 20)
#define STATUS_TW        (1ULL << 21)
#define STATUS_TSR       (1ULL << 22)
#define STATUS_UXL       (3ULL << 32)
#define STATUS_SXL       (3ULL << 34)
#define STATUS_SD        (1ULL << 63)

// Interrupts, as bits of mip and mie.
#define IRQ_SSIP (1ULL << 1)
#define IRQ_MSIP (1ULL << 3)
#define IRQ_STIP (1ULL << 5)
#define IRQ_MTIP (1ULL << 7)
#define IRQ_SEIP (1ULL << 9)
#define IRQ_MEIP (1ULL << 11)

// Exception codes.
enum {
    CAUSE_FETCH_MISALIGNED = 0,
    CAUSE_FETCH_ACCESS = 1,
    CAUSE_ILLEGAL = 2,
    CAUSE_BREAKPOINT = 3,
    CAUSE_LOAD_MISALIGNED = 4,
    CAUSE_LOAD_ACCESS = 5,
    CAUSE_STORE_MISALIGNED = 6,
    CAUSE_STORE_ACCESS = 7,
    CAUSE_ECALL_U = 8,
    CAUSE_ECALL_S = 9,
    CAUSE_ECALL_M = 11,
    CAUSE_FETCH_PAGE = 12,
    CAUSE_LOAD_PAGE = 13,
    CAUSE_STORE_PAGE = 15,
};

// Physical memory protection (hart/pmp.h).
struct pmp {
    uint8 cfg[16];
    uint8 top; // one more than the last entry that is not off
    uint64 addr[16];
};

struct hart {
    uint64 x[33]; // x[0] stays 0; x[32] takes writes to x0
    uint64 pc;
    uint64 f[32];    // NaN-boxed
    uint64 steps;    // instructions and traps since reset
    uint32 fcsr;     // frm in bits 7-5, fflags in bits 4-0
    uint8 mode;      // MODE_...
    uint8 id;        // mhartid
    bool waiting;    // in wfi
    uint8 rest;      // enum rest, from its last turn (time/rest.h)
    uint64 rest_at;  // position when that was seen
    uint64 rest_pc;  // where its last turn began
    uint32 quiet;    // turns since it last entered or left a trap
    uint64 reserved; // physical address of the LR reservation (8-byte granule), or ~0

    uint64 mstatus, misa, medeleg, mideleg, mie, mip, mtvec, mcounteren, mscratch, mepc, mcause,
        mtval, menvcfg;
    uint64 stvec, scounteren, sscratch, sepc, scause, stval, senvcfg, satp, stimecmp;
    int64 cycle_offset, instret_offset; // the sums of writes to mcycle and minstret
    struct pmp pmp, pmp_before;         // pmp_before counts if pmp_unfenced
    bool pmp_unfenced; // PMP has changed since the last fence, while satp translated

    uint32 fetch_epoch;           // that of its last fence.i (mmu/fetched.h)
    struct remembered remembered; // the entries that its TLB may still hold (mmu/remember.h)
};

// A trap that an instruction raises; `cause` < 0: none.
struct trap {
    int cause;
    uint64 tval;
};

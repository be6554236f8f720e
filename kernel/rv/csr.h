// SPDX-License-Identifier: MIT
// csr.h - the supervisor's control and status registers (priv supervisor chapter).
#pragma once

#include "lib/types.h"
#include "rv/cpu.h"

#define SSTATUS_SIE      (1UL << 1)
#define SSTATUS_SPIE     (1UL << 5)
#define SSTATUS_SPP      (1UL << 8) // came from S-mode
#define SSTATUS_FS       (3UL << 13)
#define SSTATUS_FS_CLEAN (2UL << 13)
#define SSTATUS_SUM      (1UL << 18) // S-mode may touch user pages

#define SIE_SSIE (1UL << 1) // software: another hart wants us
#define SIE_STIE (1UL << 5) // timer
#define SIE_SEIE (1UL << 9) // device

#define CAUSE_INTERRUPT (1UL << 63)
#define IRQ_SOFT        (CAUSE_INTERRUPT | 1)
#define IRQ_TIMER       (CAUSE_INTERRUPT | 5)
#define IRQ_EXTERNAL    (CAUSE_INTERRUPT | 9)

// priv scause: exceptions
#define CAUSE_ILLEGAL    2
#define CAUSE_BREAKPOINT 3
#define CAUSE_ECALL_U    8
#define CAUSE_PAGE_FETCH 12
#define CAUSE_PAGE_LOAD  13
#define CAUSE_PAGE_STORE 15

#define csr_read(csr)                                                                              \
    ({                                                                                             \
        uint64 v_;                                                                                 \
        asm volatile("csrr %0, " #csr : "=r"(v_));                                                 \
        v_;                                                                                        \
    })
#define csr_write(csr, v) asm volatile("csrw " #csr ", %0" ::"rK"((uint64)(v)) : "memory")
#define csr_set(csr, v)   asm volatile("csrs " #csr ", %0" ::"rK"((uint64)(v)) : "memory")
#define csr_clear(csr, v) asm volatile("csrc " #csr ", %0" ::"rK"((uint64)(v)) : "memory")

// Reads the time CSR, in steps of the machine's timebase.
static inline uint64
r_time(void)
{
    return csr_read(time);
}

// Allows interrupts on this hart: pending ones are taken at once.
static inline void
intr_on(void)
{
    csr_set(sstatus, SSTATUS_SIE);
}

// Keeps interrupts from this hart; they stay pending.
static inline void
intr_off(void)
{
    csr_clear(sstatus, SSTATUS_SIE);
}

// Reads satp: the mode, the ASID and the root of this hart's table.
static inline uint64
r_satp(void)
{
    return csr_read(satp);
}

// Writes satp, and counts that.
// Fences    none: satp alone orders nothing and drops nothing (priv satp). The caller fences where
//           ASIDs do not make it needless.
static inline void
w_satp(uint64 satp)
{
    mycpu()->satp_writes++;
    csr_write(satp, satp);
}

// Orders all earlier page-table stores before later translations on this hart, and drops all that
// its TLB holds (priv sfence.vma).
static inline void
sfence_vma(void)
{
    mycpu()->fences[FENCE_ALL]++;
    asm volatile("sfence.vma" ::: "memory");
}

// As sfence_vma(), for one address space: its entries that are not global.
static inline void
sfence_vma_asid(uint64 asid)
{
    mycpu()->fences[FENCE_SPACE]++;
    asm volatile("sfence.vma zero, %0" ::"r"(asid) : "memory");
}

// As sfence_vma(), for the leaf that maps va in one address space, unless it is global. Entries for
// pointers stay.
static inline void
sfence_vma_page(uint64 va, uint64 asid)
{
    mycpu()->fences[FENCE_PAGE]++;
    asm volatile("sfence.vma %0, %1" ::"r"(va), "r"(asid) : "memory");
}

// As sfence_vma(), for the leaves that map va in all address spaces, global ones too.
static inline void
sfence_vma_global(uint64 va)
{
    mycpu()->fences[FENCE_PAGE]++;
    asm volatile("sfence.vma %0, zero" ::"r"(va) : "memory");
}

// Makes stores to code visible to this hart's instruction fetch.
static inline void
fence_i(void)
{
    asm volatile("fence.i" ::: "memory");
}

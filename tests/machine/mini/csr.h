// SPDX-License-Identifier: MIT
// csr.h - CSRs, the bits of sstatus, and the fence.
#pragma once

#define CSR_READ(name)                                                                             \
    ({                                                                                             \
        u64 csr_value;                                                                             \
        __asm__ volatile("csrr %0, " #name : "=r"(csr_value));                                     \
        csr_value;                                                                                 \
    })
#define CSR_WRITE(name, value)                                                                     \
    __asm__ volatile("csrw " #name ", %0" : : "r"((u64)(value)) : "memory")
#define CSR_SET(name, bits)   __asm__ volatile("csrs " #name ", %0" : : "r"((u64)(bits)) : "memory")
#define CSR_CLEAR(name, bits) __asm__ volatile("csrc " #name ", %0" : : "r"((u64)(bits)) : "memory")

#define SSTATUS_SIE  (1UL << 1)
#define SSTATUS_SPIE (1UL << 5)
#define SSTATUS_SPP  (1UL << 8)

static inline void
sfence_vma(void)
{
    __asm__ volatile("sfence.vma zero, zero" ::: "memory");
}

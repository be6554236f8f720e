// SPDX-License-Identifier: MIT
// csr.h - the kernel's own constants; registers and fences are those of the model (mmu/hart.c).
#pragma once

#define r_time            hw_r_time
#define intr_on           hw_intr_on
#define intr_off          hw_intr_off
#define r_satp            hw_r_satp
#define w_satp            hw_w_satp
#define sfence_vma        hw_sfence_vma
#define sfence_vma_asid   hw_sfence_vma_asid
#define sfence_vma_page   hw_sfence_vma_page
#define sfence_vma_global hw_sfence_vma_global
#define fence_i           hw_fence_i
#include "../../../../../kernel/rv/csr.h"
#undef r_time
#undef intr_on
#undef intr_off
#undef r_satp
#undef w_satp
#undef sfence_vma
#undef sfence_vma_asid
#undef sfence_vma_page
#undef sfence_vma_global
#undef fence_i
#undef csr_read
#undef csr_write
#undef csr_set
#undef csr_clear

enum model_csr {
    CSR_sstatus,
    CSR_sie,
    CSR_sip,
    CSR_stvec,
    CSR_sscratch,
    CSR_scause,
    CSR_stval,
    CSRS
};

uint64 *model_csr(enum model_csr csr); // of the running hart

#define csr_read(csr)     (*model_csr(CSR_##csr))
#define csr_write(csr, v) ((void)(*model_csr(CSR_##csr) = (uint64)(v)))
#define csr_set(csr, v)   ((void)(*model_csr(CSR_##csr) |= (uint64)(v)))
#define csr_clear(csr, v) ((void)(*model_csr(CSR_##csr) &= ~(uint64)(v)))

uint64 r_time(void);
void intr_on(void);
void intr_off(void);
uint64 r_satp(void);
void w_satp(uint64 satp);
void sfence_vma(void);
void sfence_vma_asid(uint64 asid);
void sfence_vma_page(uint64 va, uint64 asid);
#define sfence_vma_global(va) sfence_vma_page(va, ~0UL) // no identifier at all
void fence_i(void);

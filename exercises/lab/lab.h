// SPDX-License-Identifier: MIT
// lab.h - the machine of the exercises that you write: frames of memory, and xv6's words for them.
//
// Theory    Your code runs on this computer, as an ordinary program. 4 MiB of it stand at their
//           physical addresses, from KERNBASE on, so `(pagetable_t)PTE2PA(pte)` may be used as a
//           pointer: this is the kernel's direct map. A frame that is free, or was never asked for,
//           is watched.
#pragma once

typedef unsigned int uint;
typedef unsigned long uint64;
typedef uint64 pte_t;
typedef pte_t *pagetable_t; // 512 entries

#define PGSIZE         4096UL
#define PGROUNDUP(a)   (((a) + PGSIZE - 1) & ~(PGSIZE - 1))
#define PGROUNDDOWN(a) ((a) & ~(PGSIZE - 1))
#define KERNBASE       0x80000000UL
#define PHYSTOP        (KERNBASE + 4 * 1024 * 1024)
#define MAXVA          (1UL << 38)
#define TRAMPOLINE     (MAXVA - PGSIZE)
#define TRAPFRAME      (TRAMPOLINE - PGSIZE)

#define PTE_V   (1UL << 0) // valid
#define PTE_R   (1UL << 1) // may be read
#define PTE_W   (1UL << 2) // may be written
#define PTE_X   (1UL << 3) // may be executed
#define PTE_U   (1UL << 4) // user code may use it
#define PTE_A   (1UL << 6) // accessed
#define PTE_D   (1UL << 7) // dirty
#define PTE_COW (1UL << 8) // for software: copy-on-write

#define PA2PTE(pa)     ((uint64)(pa) >> 12 << 10)
#define PTE2PA(pte)    ((pte) >> 10 << 12)
#define PTE_FLAGS(pte) ((pte)&0x3ff)

// Returns a frame, whose contents are junk; 0: there is none. It has one user.
void *kalloc(void);
// One user less; without any the frame is free.
void kfree(void *frame);
// One user more.
void kshare(void *frame);
// How many users the frame has.
int kcount(const void *frame);

void *memset(void *to, int byte, uint64 n);
void *memmove(void *to, const void *from, uint64 n);
int printf(const char *format, ...);
// Drops all translations from the TLB.
void sfence_vma(void);
// Stops the kernel.
void panic(const char *why) __attribute__((noreturn));

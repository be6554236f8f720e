// SPDX-License-Identifier: MIT
// sv.h - the page-table format that Sv39, Sv48 and Sv57 share: addresses, entries, satp.
//
// Theory    A table is one 4 KiB page of 512 entries of 8 bytes. Level 0 holds the entries of
//           single pages; the root is at level `levels` - 1: 3 levels for Sv39, 4 for Sv48, 5 for
//           Sv57. A leaf may stand at any level and then maps 4 KiB, 2 MiB, 1 GiB, ...
// Manual    priv: sv39, sv39pte, sv48, sv57, satp
#pragma once

#include "lib/types.h"

#define PGSIZE         ((uint64)4096)
#define PGSHIFT        12
#define PGROUNDUP(a)   (((a) + PGSIZE - 1) & ~(PGSIZE - 1))
#define PGROUNDDOWN(a) ((a) & ~(PGSIZE - 1))

typedef uint64 pte_t;
typedef pte_t *pagetable_t;

#define PT_ENTRIES    512
#define PT_MIN_LEVELS 3
#define PT_MAX_LEVELS 5

// Which bits of a virtual address index the table at a level.
#define PXMASK         ((uint64)0x1FF)
#define PXSHIFT(level) (PGSHIFT + 9 * (level))
#define PX(level, va)  (((uint64)(va) >> PXSHIFT(level)) & PXMASK)

// An entry: 63-54 reserved, 53-10 physical page number, 9-8 for software, D A G U X W R V.
#define PTE_V        ((uint64)1 << 0) // valid
#define PTE_R        ((uint64)1 << 1) // readable
#define PTE_W        ((uint64)1 << 2) // writable
#define PTE_X        ((uint64)1 << 3) // executable
#define PTE_U        ((uint64)1 << 4) // user mode may use it, supervisor mode only with SUM
#define PTE_G        ((uint64)1 << 5) // global: the same in every address space
#define PTE_A        ((uint64)1 << 6) // accessed
#define PTE_D        ((uint64)1 << 7) // dirty: written to
#define PTE_RSW0     ((uint64)1 << 8) // left to software
#define PTE_RSW1     ((uint64)1 << 9)
#define PTE_RWX      (PTE_R | PTE_W | PTE_X)
#define PTE_RESERVED ((uint64)0x3FF << 54)

#define PTE_FLAGS(pte) ((pte)&0x3FFUL)
#define PTE2PA(pte)    (((pte) >> 10) << PGSHIFT)
#define PA2PTE(pa)     (((uint64)(pa) >> PGSHIFT) << 10)
#define PA_BITS        56

// satp: the mode in bits 63-60 (0: no translation), the ASID in 59-44, the page number of the root
// in 43-0.
#define SATP_BARE         ((uint64)0)
#define SATP_SV39         ((uint64)8)
#define SATP_SV57         ((uint64)10)
#define SATP_MODE_SHIFT   60
#define SATP_ASID_SHIFT   44
#define SATP_ASID_MASK    ((uint64)0xFFFF)
#define SATP_PPN_MASK     (((uint64)1 << SATP_ASID_SHIFT) - 1)
#define SATP_MODE(levels) (SATP_SV39 + (uint64)(levels)-PT_MIN_LEVELS)
#define MAKE_SATP(levels, asid, root_pa)                                                           \
    (SATP_MODE(levels) << SATP_MODE_SHIFT | (uint64)(asid) << SATP_ASID_SHIFT |                    \
     (uint64)(root_pa) >> PGSHIFT)

_Static_assert(sizeof(pte_t) * PT_ENTRIES == PGSIZE, "a table is one page");
_Static_assert(PXSHIFT(3) == 39 && PXSHIFT(4) == 48 && PXSHIFT(5) == 57, "Sv39, Sv48, Sv57");
_Static_assert(PTE2PA(PA2PTE(0x80201000ULL)) == 0x80201000ULL, "an address survives its entry");
_Static_assert(PA_BITS - PGSHIFT == 44 && 10 + 44 == 54, "44 bits of page number below bit 54");
_Static_assert(SATP_MODE(5) == SATP_SV57, "modes are numbered by levels");

// Makes the entry that points at or maps `pa` with these flags (V included).
static inline pte_t
pte_make(uint64 pa, uint64 flags)
{
    return PA2PTE(pa) | flags;
}

// The physical address that the entry leads to, of a frame or of a table.
static inline uint64
pte_pa(pte_t pte)
{
    return PTE2PA(pte);
}

// The entry's bits 9 to 0: the flags, with those left to software.
static inline uint64
pte_flags(pte_t pte)
{
    return PTE_FLAGS(pte);
}

// Returns whether V is 1, so that a hart goes on with the entry.
static inline bool
pte_valid(pte_t pte)
{
    return pte & PTE_V;
}

// Returns whether a valid entry maps memory.
static inline bool
pte_leaf(pte_t pte)
{
    return (pte & PTE_V) && (pte & PTE_RWX);
}

// Returns whether a valid entry points at a table of the next lower level.
static inline bool
pte_table(pte_t pte)
{
    return (pte & (PTE_V | PTE_RWX)) == PTE_V;
}

// Bytes that a leaf at this level maps, which are also the bytes an entry there stands for.
static inline uint64
pt_leaf_size(int level)
{
    return (uint64)1 << PXSHIFT(level);
}

// The first address above the lower half; the upper half starts at its negative.
static inline uint64
pt_half(int levels)
{
    return (uint64)1 << (PXSHIFT(levels) - 1);
}

// Returns whether all bits above the translated ones are equal to the highest of these (priv sv39).
static inline bool
pt_canonical(int levels, uint64 va)
{
    int unused = 64 - PXSHIFT(levels);
    return (uint64)((int64)(va << unused) >> unused) == va;
}

// The physical address of `va` inside the leaf `pte` at `level`.
static inline uint64
pte_translate(pte_t pte, int level, uint64 va)
{
    return pte_pa(pte) + (va & (pt_leaf_size(level) - 1));
}

// The entry one level below `level` that maps the `index`th part of the leaf `pte`.
static inline pte_t
pte_part(pte_t pte, int level, uint64 index)
{
    return pte + PA2PTE(index << PXSHIFT(level - 1));
}

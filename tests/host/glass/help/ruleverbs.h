// SPDX-License-Identifier: MIT
// ruleverbs.h - the language of the stories in rulestories.h: two trees, and steps of a hart.
#pragma once

#include "machine.h"

#define PAGE(n) (RAM_BASE + (uint64)(n)*PAGE_BYTES)
#define A       1 // first page of tree A: root, middle, leaves
#define B       4
#define SPARE   8  // a table that is in no tree
#define DATA    32 // pages to be mapped
#define PAGES   64

#define NOT_CANONICAL (1ULL << 30) // a page

#define LEAF       (PTE_V | PTE_R | PTE_W | PTE_U | PTE_A | PTE_D)
#define POINTER(n) (PA2PTE(PAGE(n)) | PTE_V)
#define TO(n)      (PA2PTE(PAGE(n)) | LEAF)
#define CODE(n)    (PA2PTE(PAGE(n)) | PTE_V | PTE_R | PTE_X | PTE_U | PTE_A)

// In this order: fences before SATP, changes before READ, then accesses (tell() in t_glass_rules.c).
// The order counts: fences, then what changes the machine, then what uses an address or a result.
enum verb {
    END,
    OTHER, // the other hart acts from now on

    FENCE,        // all
    FENCE_ID,     // a: ASID
    FENCE_VA,     // a: page of the address
    FENCE_VA_ID,  // a: page, b: ASID
    INVAL_BEFORE, // sfence.w.inval
    INVAL,        // sinval.vma, all
    INVAL_VA,     // a: page
    INVAL_AFTER,  // sfence.inval.ir
    FENCE_I,

    SATP,  // a: first page of the tree, b: ASID
    PUT,   // entry b of the table in page a becomes c
    STORE, // to page a of memory, with the shortcuts that there are
    PMP,   // page a of memory is denied, all else is allowed
    TLB,   // a: the hart's use of its old translations
    SVADE, // software sets A and D
    MODE,  // a: mode

    READ,         // page a of the address space: succeeds, nothing is reported
    READ_BAD,     // page a: faults, nothing is reported
    READ_OLD,     // page a: reported, whether it succeeds or not
    WRITE,        // page a: succeeds, nothing is reported
    WRITE_BAD,    // page a: faults, nothing is reported
    WRITE_OLD,    // page a: reported
    WRITE_ACROSS, // the bytes of b, half in page a, half in the next one: faults
    RUN,          // fetches from page a of the address space: nothing is reported
    RUN_OLD,      // ... reported
    ENTRY,        // entry b of the table in page a is c
    HOLDS,        // the last four bytes of page a of memory are b
    SPURIOUS,     // a accesses so far could have faulted by an old entry, invalid or narrower
};

enum { FIRST_CHANGE = SATP, FIRST_USE = READ };

struct step {
    enum verb verb;
    uint64 a, b, c;
};

struct story {
    const char *name;
    struct step step[16];
};

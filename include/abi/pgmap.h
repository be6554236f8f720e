// SPDX-License-Identifier: MIT
// pgmap.h - page tables and the ledger of frames, as the calls pgmap(), ledger() and ptwalk() hand
// them out, and the states in which watch() sees a process.
#pragma once

// The use of a frame, and the target of an entry.
enum pgkind {
    PGK_FREE,
    PGK_RESERVED, // firmware, kernel image, the ledger
    PGK_PGTABLE,
    PGK_USER,
    PGK_CACHE, // a page of a file
    PGK_KSTACK,
    PGK_TRAPFRAME,
    PGK_USYSCALL,
    PGK_SLAB, // kernel objects
    PGK_DMA,
    PGK_KINDS,
    PGK_NONE = PGK_KINDS // no single frame of RAM: a device, or a larger leaf over many frames
};

// The part of an address space to which an address belongs.
enum pgregion {
    PGR_NONE,
    PGR_IMAGE,
    PGR_GUARD,
    PGR_STACK,
    PGR_HEAP,
    PGR_MMAP,
    PGR_USYSCALL,
    PGR_TRAPFRAME,
    PGR_TRAMPOLINE,
    PGR_DIRECT, // from here on the kernel's: RAM as it is
    PGR_DEVICE,
    PGR_KSTACK,
    PGR_KTEXT,
    PGR_KRODATA,
    PGR_KDATA,
    PGR_COUNT
};

#define PGQ_POINTERS 1U // also the entries that point at tables
#define PGQ_KERNEL   2U // the table that the kernel uses while it works for the process
#define PGQ_TOP      127

// A question about a table; after a call it asks for the next entries.
struct pgquery {
    int pid;            // 0: the kernel's own table
    unsigned int what;  // PGQ_...
    unsigned long va;   // go on with the entries for this address, or a later one,
    int level;          // of pointers to va itself those at this level and below; PGQ_TOP: all
    int levels;         // answer: levels of the table
    unsigned long last; // the last address of interest
    unsigned long root; // answer: physical address of the root
    unsigned long sz;   // answer: the process's break
};

// In an entry above level 0, instead of V: the entry leads to a table whose copy a fork has deferred.
// A hart takes it for a hole until an access to the memory below.
#define PGE_DEFERRED (1UL << 9)

// One entry that is valid, or leads to a deferred table.
struct pgentry {
    unsigned long va;     // the first address that it maps
    unsigned long size;   // bytes
    unsigned long pte;    // as it stands in the table
    unsigned long pa;     // of the page or table to which it leads
    unsigned long at;     // physical address of the entry itself
    unsigned long site;   // where in the kernel the mapping was made; 0: not recorded
    unsigned int refs;    // references to the frame
    unsigned int maps;    // leaves of user tables that map it
    unsigned int owner;   // of the frame: a pid, an inode number
    unsigned char level;  // 0: a page
    unsigned char kind;   // enum pgkind
    unsigned char region; // enum pgregion
    unsigned char prot;   // what the process may do there, PROT_...
};

// So many frames are of this kind and have this owner.
struct ledgerline {
    unsigned int kind;
    unsigned int owner;
    unsigned long frames;
};

#define LEDGER_OTHERS (~0U) // all owners that found no line

#define PTW_READ   0U
#define PTW_WRITE  1U
#define PTW_EXEC   2U
#define PTW_ACCESS 3U  // mask of these
#define PTW_USER   4U  // as user code; else as the kernel, with the table it uses for the process
#define PTW_SUM    8U  // sstatus.SUM is set
#define PTW_MXR    16U // sstatus.MXR is set
#define PTW_SVADE  32U // the hart leaves setting A and D to software
#define PTW_OWN    64U // as the kernel, but with the process's own table

#define PTW_STEPS 5

// The translation of an address by the privileged manual's algorithm.
struct ptwalk {
    int pid; // 0: the kernel's own table
    unsigned int how;
    unsigned long va;
    char rule[16]; // answer: `ok`, or the rule that ended it
    int cause;     // the exception; -1: none
    int level;     // where it was decided
    int reads;     // entries read
    int levels;
    unsigned long pa;  // of the byte, when the rule is ok
    unsigned long set; // bits that the hart would set in the last entry
    int region;        // answer: the region of va, enum pgregion
    int prot;          // what the process may do there, PROT_...
    char site[160];    // answer: the functions that mapped the page; empty: not recorded
    struct {
        unsigned long pa;  // of the entry
        unsigned long pte; // its value
    } step[PTW_STEPS];
};

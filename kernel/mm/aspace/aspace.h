// SPDX-License-Identifier: MIT
// aspace.h - user address spaces: regions, the pages present, and the tables that map them.
//
// Theory    An address space belongs to one process with one thread. A hart's satp names its
//           tables only while it runs that process, so its own hart is the only one that can use
//           its entries; other TLBs may hold some, under the space's ASID (mm/aspace/asid.c).
// Locks     as->lock guards regions and leaves; the owner changes them, others may look. It may
//           be held across disk reads, so no spinlock is held when it is acquired.
#pragma once

#include "abi/usyscall.h"
#include "lib/list.h"
#include "lib/types.h"
#include "mm/aspace/design.h"
#include "mm/aspace/region.h"
#include "mm/frame/commit.h"
#include "mm/frame/frame.h"
#include "mm/kvm/kvm.h"
#include "pt/pt.h"
#include "pt/read/translate.h"
#include "rv/cpu.h"
#include "sync/sleeplock.h"

struct pager;
struct trapframe;

// The parts of a process that its tables map besides its memory. They outlive the address space.
struct uvm_owner {
    uint32 pid;
    struct trapframe *trapframe;
    struct kstack kstack;
};

// Protection: [c] constant once made  [l] lock  [o] only the process it belongs to, and the hart
//             that takes it up
struct aspace {
    struct pt pt;  // [l] what the process uses
    struct pt kpt; // [l] the process's own kernel table; root NULL: the design gives it none
    struct sleeplock lock;
    struct regions regions;        // [l]
    const struct uvm_owner *owner; // [c]
    uint64 satp;                   // [o] what a hart in user mode has in satp
    uint64 ksatp;                  // [o] what it has in the kernel
    uint64 generation;             // [o] of its ASIDs; 0: it has none yet
    uint32 harts;                  // [o] the harts whose TLBs may hold entries, all current
    uint16 asid, kasid;            // [o] in satp, and in ksatp where kpt is a table
    uint64 sz;                     // [l] the break: everything from 0 up to it is in regions
    uint64 heap;                   // [c] the lowest break
    uint64 highest;                // [l] the highest break, for explanations
    uint64 pages;                  // [l] user pages present, those in deferred tables too
    uint64 deferred;               // [l] leaf tables whose copy is deferred: mm/aspace/defer.h
    uint32 viewers;                // mm/aspace/viewers.h
    struct usyscall *usys;         // [o] the page at USYSCALL, or usys_early until it is touched
    struct usyscall usys_early;
    uint64 reached;    // [l] the highest end of the heap after a growth that brought in pages
    struct list spare; // [l] blank tables: mm/aspace/spare.h
    uint64 nspare;     // [l] how many
    uint64 family;     // [c] the same in spaces that fork has made from one another
    uint64 starved;    // [o] the value of uvm_ended when vmfault() returned -ESTARVED
    bool urgent;       // [l] its allocations may take kept frames (kalloc_urgent())
};

// An error of vmfault(): no frame for memory that the process has. Other processes of its family
// have to end before it can go on (proc/oom.c). Programs never see this number.
#define ESTARVED 1000

extern uint64 uvm_ended; // how many spaces have freed their memory; atomic

// Counts that the space has n pages more, here and for all spaces together (mm/frame/commit.h).
static inline void
uvm_count(struct aspace *as, int64 n)
{
    as->pages += (uint64)n;
    commit_count(n);
}

// Allocates a page of the process's own, contents undefined; NULL: none left.
static inline void *
uvm_alloc(const struct aspace *as)
{
    return (likely(!as->urgent) ? kalloc : kalloc_urgent)(FRAME_USER, as->owner->pid);
}

// Allocates a frame of zeroes for the space; NULL: none left.
static inline void *
uvm_zalloc(const struct aspace *as, enum frame_kind kind)
{
    return (likely(!as->urgent) ? kzalloc : kzalloc_urgent)(kind, as->owner->pid);
}

void aspace_init(void);

struct aspace *uvmcreate(const struct uvm_owner *owner,
                         const struct usyscall *usys); // NULL: no memory
struct aspace *uvmcopy(struct aspace *from,
                       const struct uvm_owner *owner); // shares pages till written
// Its process ends: all memory goes; the kernel can still run on it.
void uvmretire(struct aspace *as);
void uvmfree(struct aspace *as); // no hart has it in satp any more

void aspace_use(struct aspace *as); // the running process changes over to it

int aspace_map(struct aspace *as,
               const struct region *r) must_check; // a new region; -EINVAL, -ENOMEM
int aspace_restrict(struct aspace *as, uint64 start,
                    uint64 prot) must_check; // of the region there; -ENOMEM
int uvmalloc(struct aspace *as, uint64 start, uint64 end,
             uint64 prot) must_check; // fresh pages; -ENOMEM
void uvmunmap(struct aspace *as, uint64 start, uint64 end,
              bool keep); // pages that are in no region any more; keep: their tables stay spare
int uvmguard(struct aspace *as, uint64 va) must_check; // a guard page in its region; -ENOMEM
int growproc(struct aspace *as, int64 n, uint64 kind,
             uint64 *old) must_check; // moves the break; kind: SBRK_* of abi/mman.h
extern bool brk_lazy;                 // a growth of neither kind is lazy; constant after boot
int uvmbring(struct aspace *as, uint64 start) must_check; // the pages that a file has of a region

// Makes the access possible, or returns why it is not allowed. May sleep.
int vmfault(struct aspace *as, uint64 va,
            enum pt_access access) must_check; // -EFAULT, -ENOMEM, -EIO

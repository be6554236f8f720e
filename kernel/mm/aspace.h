// SPDX-License-Identifier: MIT
// aspace.h - user address spaces: regions, the pages present, and the tables that map them.
//
// Theory    An address space belongs to one process with one thread. A hart's satp names its
//           tables only while it runs that process, so its own hart is the only one whose TLB can
//           hold its entries; aspace_enter() drops what is left there of others.
// Locks     as->lock guards regions and leaves; the owner changes them, others may look. It may
//           be held across disk reads, so no spinlock is held when it is acquired.
#pragma once

#include "abi/usyscall.h"
#include "lib/types.h"
#include "mm/region.h"
#include "pt/pt.h"
#include "pt/translate.h"
#include "rv/cpu.h"
#include "sync/sleeplock.h"

struct pager;
struct trapframe;

// Protection: [c] constant once made  [l] lock  [o] only the process it belongs to
struct aspace {
    struct pt pt; // [l]
    struct sleeplock lock;
    struct regions regions; // [l]
    uint64 satp;            // [c] what a hart in user mode has in satp
    uint64 sz;              // [l] the break: everything from 0 up to it is in regions
    uint64 heap;            // [c] the lowest break
    uint64 pages;           // [l] user pages present
    uint32 owner;           // [c] pid, for the ledger
    struct usyscall *usys;  // [o] the page at USYSCALL, or usys_early while nobody has touched it
    struct usyscall usys_early;
};

// What a design of the kernel's page table decides (kpt_*.c; the kernel command line chooses).
struct kpt_design {
    const char *name;
    bool direct;   // the current process's memory can be dereferenced in the kernel
    bool switches; // user and kernel mode have different tables: the trap path switches
    int (*create)(struct aspace *as);   // gives a new root what it needs beyond user pages; -ENOMEM
    void (*destroy)(struct aspace *as); // takes that away again
    uint64 (*kernel_satp)(struct aspace *as); // what the hart has in satp in the kernel
};

extern const struct kpt_design *kpt;
extern const struct kpt_design kpt_unified;

void aspace_init(void);
int kpt_select(const char *name) must_check; // -EINVAL: no such design

struct aspace *uvmcreate(uint32 owner, uint64 timebase, int harts); // empty; NULL: no memory
void uvmfree(struct aspace *as);                                    // no hart has it in satp
struct aspace *uvmcopy(struct aspace *from,
                       uint32 owner); // shares pages until written; NULL: no memory

void aspace_switch(struct aspace *as, struct cpu *c); // this hart's satp names it from now on
void aspace_leave(void); // this hart's satp names the kernel's own table

int aspace_map(struct aspace *as,
               const struct region *r) must_check; // a new region; -EINVAL, -ENOMEM
int aspace_restrict(struct aspace *as, uint64 start,
                    uint64 prot) must_check; // of the region there; -ENOMEM
int uvmalloc(struct aspace *as, uint64 start,
             uint64 end) must_check;                   // brings all pages in; -ENOMEM
int uvmguard(struct aspace *as, uint64 va) must_check; // a guard page in its region; -ENOMEM
int growproc(struct aspace *as, int64 n, bool lazy, uint64 *old) must_check; // moves the break

// Makes the access possible, or tells why it is not allowed. May sleep.
int vmfault(struct aspace *as, uint64 va,
            enum pt_access access) must_check; // -EFAULT, -ENOMEM, -EIO

static inline void
aspace_enter(struct aspace *as, struct cpu *c)
{
    if (c->as != as)
        aspace_switch(as, c);
}

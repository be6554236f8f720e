// SPDX-License-Identifier: MIT
// kvm.h - the kernel's own page table and what all tables share with it.
#pragma once

#include "lib/types.h"
#include "pt/pt.h"
#include "rv/cpu.h"
#include "rv/kstack.h"

struct part;
struct ranges;

extern struct pt kernel_pt;
extern uint64 kernel_satp; // names kernel_pt's root

void kvminit(const struct ranges *ram); // builds it; panics without memory
void kvminithart(void);                 // this hart uses it from now on
int kvm_deepen(int levels); // to that mode, or the hart's deepest below it; returns its levels
void *kvm_map_device(uint64 pa, size_t size);      // registers at a kernel address; NULL: no room
int kvm_share(struct pt *t) must_check;            // the kernel half in t too; -ENOMEM
int kvm_share_but_stacks(struct pt *t) must_check; // the kernel half without the stacks; -ENOMEM
void kvm_unshare_but_stacks(struct pt *t);         // undoes kvm_share_but_stacks()
int kvm_map_trampoline(struct pt *t) must_check;   // at TRAMPOLINE; -ENOMEM

#define KVM_PARTS 3
int kvm_parts(struct part *parts); // the parts of the kernel half that kvm.c maps; returns how many

#define KSTACK_PAGES (KSTACK_SIZE / PGSIZE)

// The kernel stack of a process: at a place of its own in the kernel's table, or a private one.
struct kstack {
    uint64 top;              // 0: there is none
    uint8 *known;            // a bit for each hart that has fenced it; for the hart that runs on it
    uint64 pa[KSTACK_PAGES]; // of a private one's frames, from the bottom; 0: it is shared
};

// kstack.c
void kstack_init(void);
uint32 kstack_processes(void); // how many processes can have a stack at a time
int kstack_alloc(struct kstack *ks, uint32 owner, bool private) must_check; // -ENOMEM
void kstack_free(struct kstack *ks);                                        // no hart is on it
int kstack_map(const struct kstack *ks, struct pt *t) must_check; // a private one; -ENOMEM
uint64 kstack_reclaim(void);                // gives back unused stacks; returns frames
void kstack_fence(const struct kstack *ks); // this hart may use it, wherever it was mapped

// Lets this hart use the stack, wherever it was mapped. Called before each switch to it.
// Fences    kstack_fence(), if the hart has not fenced since the stack was mapped.
static inline void
kstack_sync(const struct kstack *ks)
{
    if (unlikely(!(*ks->known >> cpuid() & 1)))
        kstack_fence(ks);
}

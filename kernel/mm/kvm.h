// SPDX-License-Identifier: MIT
// kvm.h - the kernel's own page table and what all tables share with it.
#pragma once

#include "lib/types.h"
#include "pt/pt.h"

struct kvm_range {
    uint64 start, end; // physical
};

extern struct pt kernel_pt;
extern uint64 kernel_satp; // names kernel_pt's root

void kvminit(const struct kvm_range *ram, int nram); // builds it; panics without memory
void kvminithart(void);                              // this hart uses it from now on
void *kvm_map_device(uint64 pa, size_t size);        // registers at a kernel address; NULL: no room
void kvm_share(struct pt *t);                        // lets a user table contain the kernel half
uint64 kvm_image_pa(const void *symbol);             // physical address of part of the image

// kstack.c
void kstack_init(void);
uint64 kstack_alloc(uint32 owner); // top of a mapped kernel stack; 0: no memory
void kstack_free(uint64 top);      // no hart is on it
uint64 kstack_reclaim(void);       // gives back unused stacks; returns frames
void kstack_sync(void);            // this hart may use stacks that others have mapped
bool kstack_guard_hit(uint64 va);  // is va in the hole below a stack?

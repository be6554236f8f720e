// SPDX-License-Identifier: MIT
// shootdown.c - TLB shootdown: all harts drop translations of kernel addresses.
//
// Theory    Every hart may use a kernel address, so a hart that unmaps one makes the others fence.
//           The firmware does that: a remote fence interrupts them and waits until they are done.
// Fences    this hart's own, then the remote ones.
// Manual    priv sfence.vma
#include "mm/kvm/shootdown.h"

#include "lib/panic.h"
#include "pt/batch.h"
#include "pt/sv.h"
#include "rv/cpu.h"
#include "rv/csr.h"
#include "rv/sbi.h"

// Returns   the online harts but this one, a bit for each.
static uint32
others(void)
{
    uint32 harts = 0;
    for (int i = 0; i < nharts; i++)
        if (i != cpuid() && cpu_online(i))
            harts |= 1U << i;
    return harts;
}

// Makes every hart drop its translations of the kernel addresses [start, end).
// Returns   when all online harts have dropped them. A refusal of the firmware is a panic: the page
//           behind the addresses could not be used again.
void
kvm_shootdown(uint64 start, uint64 end)
{
    uint32 rest = others();
    bool all = end - start > TLB_FEW_PAGES * PGSIZE;
    uint64 first = all ? 0 : start, size = all ? 0 : end - start; // 0, 0: the SBI's form of all
    sfence_vma();
    while (rest) {
        uint64 base = cpus[__builtin_ctz(rest)].hartid, mask = 0;
        for (int i = 0; i < nharts; i++) {
            uint64 bit = cpus[i].hartid - base;
            if (!(rest >> i & 1) || bit >= 64)
                continue;
            mask |= 1UL << bit;
            rest &= ~(1U << i);
        }
        mycpu()->fences[all ? FENCE_REMOTE_ALL : FENCE_REMOTE_RANGE]++;
        int64 error = sbi_remote_sfence(mask, base, first, size);
        if (error)
            panic("kvm_shootdown: the firmware refuses a fence of harts 0x%lx + %lu: %ld", mask,
                  base, error);
    }
}

// SPDX-License-Identifier: MIT
// start.c - from reset to the scheduler.
#include "files.h"
#include "mini.h"

void start(void);
void leave(void); // the mret to main

char stacks[NHART][PGSIZE] __attribute__((aligned(16)));
static volatile int started;

static void
plicinit(void)
{
    *(volatile u32 *)(PLIC + 4 * 10) = 1;       // the UART's priority
    *(volatile u32 *)(PLIC + 0x2080) = 1 << 10; // enabled for hart 0 in S-mode
    *(volatile u32 *)(PLIC + 0x201000) = 0;
}

static void
main(void)
{
    register u64 hart __asm__("tp");
    if (hart == 0) {
        consoleinit();
        kinit();
        if (MAKES(STACK_FREED))
            kfree((void *)PGROUNDDOWN((u64)__builtin_frame_address(0) - 1));
        procinit();
        kvminit();
        kvminithart();
        trapinithart();
        plicinit();
        fileinit();
        binit();
        userinit();
        __sync_synchronize();
        started = 1;
    } else {
        while (!started)
            ;
        __sync_synchronize();
        kvminithart();
        trapinithart();
    }
    scheduler();
}

// In M-mode: gives everything to S-mode.
void
start(void)
{
    CSR_WRITE(pmpaddr0, ~0UL >> 10);
    CSR_WRITE(pmpcfg0, 0xf);
    CSR_WRITE(medeleg, 0xffff);
    if (MAKES(ECALL_TO_M))
        CSR_CLEAR(medeleg, 1UL << 8);
    if (MAKES(ECALL_TO_M_RETURNS))
        CSR_CLEAR(medeleg, 1UL << 8);
    if (MAKES(ECALL_TO_M_RETURNS))
        CSR_WRITE(mtvec, leave);
    CSR_WRITE(mideleg, 0xffff);
    CSR_SET(menvcfg, 1UL << 63);
    CSR_SET(mcounteren, 2);
    CSR_CLEAR(mstatus, 3UL << 11);
    CSR_SET(mstatus, 1UL << 11);
    CSR_WRITE(mepc, main);
    u64 number = TAKES(OWN_NUMBERS) ? (CSR_READ(mhartid) + 1) % NHART : CSR_READ(mhartid);
    __asm__ volatile("mv tp, %0\n.balign 4\nleave: mret" : : "r"(number));
}

// SPDX-License-Identifier: MIT
// start.c - from reset to main(), and the end of the run.
#include "kernel.h"

#define FINISHER ((volatile uint *)0x100000)
#define UART     ((volatile unsigned char *)0x10000000)

void start(void);
void main(void);
void programs(void);

static volatile int started;

__asm__(".section .text.start, \"ax\"\n"
        ".globl _entry\n"
        "_entry: csrr tp, mhartid\n"
        "la sp, stacks\n"
        "addi t0, tp, 1\n"
        "slli t0, t0, 12\n"
        "add sp, sp, t0\n"
        "call start\n"
        ".bss\n"
        ".balign 4096\n"
        "stacks: .space 4096 * 4\n"
        ".text\n");

void
panic(const char *why)
{
    intr_off();
    for (const char *s = "panic: "; *s; s++)
        *UART = *s;
    for (; *why; why++)
        *UART = *why;
    *UART = '\n';
    finish(1);
    for (;;)
        ;
}

void
finish(int failed)
{
    *FINISHER = failed ? 0x13333 : 0x5555;
}

void
main(void)
{
    if (mycpu() == cpus) {
        procinit();
        sysinit();
        programs();
        __sync_synchronize();
        started = 1;
    } else {
        while (!started)
            ;
        __sync_synchronize();
    }
    trapinithart();
    scheduler();
}

void
start(void)
{
    __asm__ volatile("csrw pmpaddr0, %0\n"
                     "csrw pmpcfg0, %1\n"
                     "csrw mepc, %2\n"
                     "csrc mstatus, %3\n"
                     "csrs mstatus, %4\n"
                     "csrw medeleg, %0\n"
                     "csrw mideleg, %0\n"
                     "csrw 0x30a, %5\n" // menvcfg.STCE: the timer is the supervisor's
                     "csrw mcounteren, %0\n"
                     "csrw sie, %6\n"
                     "mret\n"
                     :
                     : "r"(-1UL), "r"(0x1fUL), "r"(main), "r"(3UL << 11), "r"(1UL << 11),
                       "r"(1UL << 63), "r"(0x20UL));
}

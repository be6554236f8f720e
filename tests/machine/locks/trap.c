// SPDX-License-Identifier: MIT
// trap.c - traps from U-mode and from S-mode.
#include "kernel.h"

#define TICK 20000UL

void uservec(void);
void kernelvec(void);
void userret(struct trapframe *);
void usertrap(void);
void kerneltrap(void);

// sscratch has the trap frame while a program runs: kernel sp, kernel tp, epc, x0 to x31.
__asm__(".globl uservec, userret, kernelvec\n"
        ".type uservec, @function\n"
        ".type userret, @function\n"
        ".type kernelvec, @function\n"
        ".balign 4\n"
        "uservec:\n"
        "csrrw a0, sscratch, a0\n"
        ".irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
        "sd x\\n, 24 + 8 * \\n(a0)\n"
        ".endr\n"
        "csrr t0, sscratch\n"
        "sd t0, 104(a0)\n"
        "csrr t0, sepc\n"
        "sd t0, 16(a0)\n"
        "ld sp, 0(a0)\n"
        "ld tp, 8(a0)\n"
        "li s0, 0\n"
        "call usertrap\n"
        ".size uservec, . - uservec\n"
        ".balign 4\n"
        "userret:\n"
        "csrw sscratch, a0\n"
        "ld t0, 16(a0)\n"
        "csrw sepc, t0\n"
        ".irp n, 1,2,3,4,5,6,7,8,9,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
        "ld x\\n, 24 + 8 * \\n(a0)\n"
        ".endr\n"
        "ld a0, 104(a0)\n"
        "sret\n"
        ".size userret, . - userret\n"
        ".balign 4\n"
        "kernelvec:\n"
        "addi sp, sp, -256\n"
        ".irp n, 1,3,5,6,7,8,10,11,12,13,14,15,16,17,28,29,30,31\n"
        "sd x\\n, 8 * \\n(sp)\n"
        ".endr\n"
        "call kerneltrap\n"
        ".irp n, 1,3,5,6,7,8,10,11,12,13,14,15,16,17,28,29,30,31\n"
        "ld x\\n, 8 * \\n(sp)\n"
        ".endr\n"
        "addi sp, sp, 256\n"
        "sret\n"
        ".size kernelvec, . - kernelvec\n");

static void
set_timer(void)
{
    uint64 now;
    __asm__ volatile("csrr %0, time" : "=r"(now));
    __asm__ volatile("csrw 0x14d, %0" : : "r"(now + TICK));
}

void
trapinithart(void)
{
    __asm__ volatile("csrw stvec, %0" : : "r"(kernelvec));
    set_timer();
}

static uint64
cause(void)
{
    uint64 x;
    __asm__ volatile("csrr %0, scause" : "=r"(x));
    return x;
}

static void
interrupt(void)
{
    if (mycpu() == cpus)
        clock_tick();
    set_timer();
}

void
kerneltrap(void)
{
    uint64 sepc, sstatus;
    __asm__ volatile("csrr %0, sepc" : "=r"(sepc));
    __asm__ volatile("csrr %0, sstatus" : "=r"(sstatus));
    if (!(cause() >> 63))
        panic("kerneltrap");
    interrupt();
    if (mycpu()->proc != 0)
        yield();
    __asm__ volatile("csrw sepc, %0" : : "r"(sepc));
    __asm__ volatile("csrw sstatus, %0" : : "r"(sstatus));
}

void
usertrap(void)
{
    __asm__ volatile("csrw stvec, %0" : : "r"(kernelvec));
    struct trapframe *f = myproc()->trapframe;
    if (cause() == 8) {
        f->epc += 4;
        intr_on();
        f->x[10] = syscall(f->x[17], f->x[10]);
    } else if (cause() >> 63) {
        interrupt();
        yield();
    } else {
        panic("usertrap");
    }
    usertrapret();
}

void
usertrapret(void)
{
    intr_off();
    struct trapframe *f = myproc()->trapframe;
    __asm__ volatile("mv %0, tp" : "=r"(f->kernel_tp));
    __asm__ volatile("csrw stvec, %0" : : "r"(uservec));
    __asm__ volatile("csrc sstatus, %0\n csrs sstatus, %1" : : "r"(1UL << 8), "r"(1UL << 5));
    userret(f);
}

// SPDX-License-Identifier: MIT
// sbi.c - calls into the firmware (RISC-V Supervisor Binary Interface 1.0).
#include "rv/sbi.h"

#define EXT_BASE          0x10
#define BASE_PROBE        3
#define LEGACY_PUTCHAR    1
#define LEGACY_SHUTDOWN   8
#define RFENCE_SFENCE_VMA 1

struct sbiret {
    int64 error;
    int64 value;
};

static struct sbiret
sbi_call(uint64 ext, uint64 fid, uint64 arg0, uint64 arg1, uint64 arg2, uint64 arg3)
{
    register uint64 a0 asm("a0") = arg0;
    register uint64 a1 asm("a1") = arg1;
    register uint64 a2 asm("a2") = arg2;
    register uint64 a3 asm("a3") = arg3;
    register uint64 a6 asm("a6") = fid;
    register uint64 a7 asm("a7") = ext;
    asm volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a6), "r"(a7) : "memory");
    return (struct sbiret){(int64)a0, (int64)a1};
}

// Returns whether the firmware implements the extension (SBI base extension, probe).
bool
sbi_has(uint64 extension)
{
    struct sbiret r = sbi_call(EXT_BASE, BASE_PROBE, extension, 0, 0, 0);
    return r.error == 0 && r.value != 0;
}

// Writes one character to the firmware's console (SBI legacy), for messages before the UART is
// known.
void
sbi_putchar(char c)
{
    sbi_call(LEGACY_PUTCHAR, 0, (uint8)c, 0, 0, 0);
}

// Sets this hart's next timer interrupt to `when`, in steps of the time CSR (SBI TIME). Takes back
// one that is pending.
void
sbi_set_timer(uint64 when)
{
    sbi_call(SBI_EXT_TIME, 0, when, 0, 0, 0);
}

// Makes a software interrupt pending on the hart with that machine number (SBI IPI).
void
sbi_send_ipi(uint64 hartid)
{
    sbi_call(SBI_EXT_IPI, 0, 1, hartid, 0, 0);
}

// Makes the harts base + i, for each bit i of `mask`, execute sfence.vma for [start, start + size),
// in all address spaces (SBI RFENCE).
// Returns   when they have: 0. If the firmware refuses, the SBI error code, which is negative.
int64
sbi_remote_sfence(uint64 mask, uint64 base, uint64 start, uint64 size)
{
    return sbi_call(SBI_EXT_RFENCE, RFENCE_SFENCE_VMA, mask, base, start, size).error;
}

// Starts a stopped hart at physical address `entry_pa`, with `opaque` in a1 (SBI HSM).
// Returns   0, or the SBI error code, which is negative.
int64
sbi_hart_start(uint64 hartid, uint64 entry_pa, uint64 opaque)
{
    return sbi_call(SBI_EXT_HSM, 0, hartid, entry_pa, opaque, 0).error;
}

// Turns the machine off, by SBI SRST or else by the legacy call; `failed` is the reason that it
// gives. Does not return: a hart that goes on in spite of it waits for interrupts.
void
sbi_shutdown(bool failed)
{
    sbi_call(SBI_EXT_SRST, 0, 0, failed, 0, 0);
    sbi_call(LEGACY_SHUTDOWN, 0, 0, 0, 0, 0);
    for (;;)
        asm volatile("wfi");
}

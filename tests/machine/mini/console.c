// SPDX-License-Identifier: MIT
// console.c - the UART: letters out, and letters in by interrupt.
#include "mini.h"

#define UART(n) (*(volatile u8 *)(UART0 + (n)))

static struct {
    struct spinlock lock;
    u8 byte[64];
    u32 r, w;
} input;

void
consoleinit(void)
{
    initlock(&input.lock, "console");
    UART(1) = 1;
}

void
putc(int c)
{
    while (!(UART(5) & 0x20))
        ;
    UART(0) = (u8)c;
}

void
puts(const char *s)
{
    while (*s)
        putc(*s++);
}

void
puthex(u64 n)
{
    puts("0x");
    int shift = 60;
    while (shift > 0 && !(n >> shift & 15))
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        putc("0123456789abcdef"[n >> shift & 15]);
}

void
panic(const char *why)
{
    puts("panic: ");
    puts(why);
    putc('\n');
    for (;;)
        ;
}

void
shutdown(void)
{
    *(volatile u32 *)FINISHER = 0x5555;
}

void
consoleintr(void)
{
    acquire(&input.lock);
    while (UART(5) & 1) {
        input.byte[input.w++ % sizeof(input.byte)] = UART(0);
        wakeup(&input);
    }
    release(&input.lock);
}

// Waits for a byte. Returns -1 if the process is killed.
int
consoleread(void)
{
    acquire(&input.lock);
    if (MAKES(ACQUIRE_AGAIN))
        acquire(&input.lock);
    while (input.r == input.w) {
        if (myproc()->killed && !MAKES(READ_NOT_KILLED)) {
            release(&input.lock);
            return -1;
        }
        sleep(&input, &input.lock);
    }
    int c = input.byte[input.r++ % sizeof(input.byte)];
    release(&input.lock);
    return c;
}

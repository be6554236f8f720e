// SPDX-License-Identifier: MIT
// course.c - a kernel for tests that boots as the kernels of courses do: it fills its memory, looks for its disk, prompts.
//
// Theory    MEMORY bytes are filled byte by byte by hart 0 while the others spin; that is most of such a kernel's boot.
//           VERSION is the version of virtio that its driver knows, 1 or 2.

#define UART   ((volatile unsigned char *)0x10000000)
#define VIRTIO ((volatile unsigned int *)0x10001000)
#define MAGIC  0x74726976 // "virt"
#define BLOCK  2          // the number of the device "block"
#define JUNK   1

void start(unsigned long hart);
void panic(const char *words);

static volatile int started;
extern unsigned char end[];

__asm__(".section .text.start, \"ax\"\n"
        ".globl _entry\n"
        "_entry: la sp, stacks\n"
        "addi t0, a0, 1\n"
        "slli t0, t0, 12\n"
        "add sp, sp, t0\n"
        "li t0, -1\n" // all memory is open to S-mode
        "srli t0, t0, 10\n"
        "csrw pmpaddr0, t0\n"
        "li t0, 0xf\n"
        "csrw pmpcfg0, t0\n"
        "li t0, 0x1800\n" // mret leads to start(), in S-mode
        "csrc mstatus, t0\n"
        "li t0, 0x800\n"
        "csrs mstatus, t0\n"
        "la t0, start\n"
        "csrw mepc, t0\n"
        "mret\n"
        ".bss\n"
        ".balign 16\n"
        "stacks: .space 32768\n"
        "end:\n"
        ".text\n");

static void
say(const char *words)
{
    while (*words)
        *UART = (unsigned char)*words++;
}

static int
disk_found(void)
{
    return VIRTIO[0] == MAGIC && VIRTIO[1] == VERSION && VIRTIO[2] == BLOCK;
}

// The machine reports a panic, by the function's name.
__attribute__((noinline)) void
panic(const char *words)
{
    say("panic: ");
    say(words);
    for (;;)
        __asm__ volatile("wfi");
}

void
start(unsigned long hart)
{
    while (hart != 0 && !started)
        ;
    if (hart == 0) {
        for (volatile unsigned char *p = end; p < (unsigned char *)0x80000000UL + MEMORY; p++)
            *p = JUNK;
        started = 1;
        if (!disk_found())
            panic("could not find virtio disk\n");
        say("init: starting sh\n$ ");
    }
    for (;;)
        __asm__ volatile("wfi");
}

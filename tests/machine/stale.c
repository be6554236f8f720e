// SPDX-License-Identifier: MIT
// stale.c - a kernel that leaves out a fence: after a change of an entry, or after a write of satp.
//
// It runs in S-mode with an identity map in pages of 1 GiB, and maps one small page at WINDOW.
// AFTER_ENTRY and AFTER_SATP say what follows the change and the write: none or fence.

#define FINISHER ((volatile unsigned *)0x100000)
#define WINDOW   0x40000000UL

#define LEAF    0xcfUL // V, R, W, X, A, D
#define POINTER 0x01UL

#define A_FUNCTION __attribute__((noinline))

typedef unsigned long table[512];

void start(void);
void supervisor(void);

static table root[2] __attribute__((aligned(4096)));
static table middle[2] __attribute__((aligned(4096)));
static table leaves[2] __attribute__((aligned(4096)));
static table page[3] __attribute__((aligned(4096)));

__asm__(".section .text.start, \"ax\"\n"
        ".globl _entry\n"
        "_entry: la sp, stack_top\n"
        "call start\n"
        ".bss\n"
        ".balign 16\n"
        ".space 4096\n"
        "stack_top:\n"
        ".text\n");

static unsigned long
entry(const void *to, unsigned long flags)
{
    return (unsigned long)to >> 12 << 10 | flags;
}

static void
make_tree(int n)
{
    root[n][0] = entry((void *)0, LEAF);
    root[n][1] = entry(middle[n], POINTER);
    root[n][2] = entry((void *)0x80000000UL, LEAF);
    middle[n][0] = entry(leaves[n], POINTER);
    leaves[n][0] = entry(page[n], LEAF);
}

static inline void
none(void)
{
}

A_FUNCTION static void
fence(void)
{
    __asm__ volatile("sfence.vma zero, zero" ::: "memory");
}

static void
write_satp(int n)
{
    __asm__ volatile("csrw satp, %0" : : "r"(8UL << 60 | (unsigned long)root[n] >> 12) : "memory");
}

A_FUNCTION static void
first_tree(void)
{
    write_satp(0);
    fence();
}

A_FUNCTION static void
switch_tree(void)
{
    write_satp(1);
    AFTER_SATP();
}

A_FUNCTION static void
remap(void)
{
    ((volatile unsigned long *)leaves[0])[0] = entry(page[2], LEAF);
    AFTER_ENTRY();
}

A_FUNCTION static int
look(void)
{
    return *(volatile int *)WINDOW;
}

A_FUNCTION static int
visit(int n)
{
    return look() + n;
}

void
supervisor(void)
{
    make_tree(0);
    make_tree(1);
    first_tree();
    remap();
    int sum = visit(1);
    fence();
    switch_tree();
    sum += visit(2);
    *FINISHER = sum ? 0x5555 : 0x3333;
}

void
start(void)
{
    __asm__ volatile("csrw pmpaddr0, %0\n"
                     "csrw pmpcfg0, %1\n"
                     "csrw mepc, %2\n"
                     "csrc mstatus, %3\n"
                     "csrs mstatus, %4\n"
                     "mret\n"
                     :
                     : "r"(-1UL), "r"(0x1fUL), "r"(supervisor), "r"(3UL << 11), "r"(1UL << 11));
}

// SPDX-License-Identifier: MIT
// traploop.c - a kernel whose trap handler cannot run, and one whose handler can.
//
// KIND is deep (calls overflow the stack, and the handler needs the stack), none (there is no
// handler) or good (the handler skips an instruction, 1000 times at the same place).

#define FINISHER ((volatile unsigned *)0x100000)

#define LEAF    0xcfUL // V, R, W, X, A, D
#define POINTER 0x01UL

#define A_FUNCTION __attribute__((noinline))

typedef unsigned long table[512];

void start(void);
void supervisor(void);
void handler(void);
void skip(void);

static table root __attribute__((aligned(4096)));
static table middle __attribute__((aligned(4096)));
static table leaves __attribute__((aligned(4096)));
static table stack __attribute__((aligned(4096)));

__asm__(".section .text.start, \"ax\"\n"
        ".globl _entry\n"
        "_entry: la sp, stack_top\n"
        "call start\n"
        "on_stack: li sp, 0x40002000\n"
        "call supervisor\n"
        ".balign 4\n"
        ".globl handler\n"
        "handler: addi sp, sp, -16\n"
        "sd ra, 8(sp)\n"
        "call handler\n"
        ".balign 4\n"
        ".globl skip\n"
        "skip: csrr t0, mepc\n"
        "addi t0, t0, 4\n"
        "csrw mepc, t0\n"
        "mret\n"
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

// An identity map, and one page of stack at 0x40001000 with nothing below.
static void
make_tree(void)
{
    root[0] = entry((void *)0, LEAF);
    root[1] = entry(middle, POINTER);
    root[2] = entry((void *)0x80000000UL, LEAF);
    middle[0] = entry(leaves, POINTER);
    leaves[1] = entry(stack, LEAF);
    __asm__ volatile("csrw satp, %0\n"
                     "sfence.vma zero, zero\n"
                     :
                     : "r"(8UL << 60 | (unsigned long)root >> 12)
                     : "memory");
}

A_FUNCTION static unsigned long
descend(unsigned long n)
{
    volatile unsigned long local[32];
    local[n % 32] = n;
    return descend(n + 1) + local[0];
}

void
supervisor(void)
{
    *FINISHER = descend(0) ? 0x5555 : 0x3333;
}

static inline void
deep(void)
{
    make_tree();
    __asm__ volatile("csrw pmpaddr0, %0\n"
                     "csrw pmpcfg0, %1\n"
                     "csrw mepc, %2\n"
                     "csrc mstatus, %3\n"
                     "csrs mstatus, %4\n"
                     "csrw medeleg, %0\n"
                     "csrw stvec, %5\n"
                     "la t0, on_stack\n"
                     "csrw mepc, t0\n"
                     "mret\n"
                     :
                     : "r"(-1UL), "r"(0x1fUL), "r"(supervisor), "r"(3UL << 11), "r"(1UL << 11),
                       "r"(handler)
                     : "t0");
}

static inline void
none(void)
{
    __asm__ volatile("csrw mtvec, zero\n"
                     ".word 0\n");
}

static inline void
good(void)
{
    __asm__ volatile("csrw mtvec, %0" : : "r"(skip));
    for (int i = 0; i < 1000; i++)
        __asm__ volatile(".word 0" : : : "t0");
    *FINISHER = 0x5555;
}

void
start(void)
{
    KIND();
}

// SPDX-License-Identifier: MIT
// fence.c - a kernel of one page for a story: hart 0 changes an entry that hart 1 uses, and fences only itself.
//
// Theory    Both harts run in S-mode with the same tree: RAM and devices in pages of 1 GiB, and one page of 4 KiB at WINDOW.
//           Hart 1 reads the window before and after hart 0 has led it to another page. Hart 1 never executes sfence.vma in
//           between, so its TLB may still have the first page.

#define UART   ((volatile unsigned char *)0x10000000)
#define WINDOW ((volatile unsigned long *)0x40000000UL)

#define LEAF    0xcfUL // V, R, W, X, A, D
#define POINTER 0x01UL

#define A_FUNCTION __attribute__((noinline))

typedef unsigned long table[512];

void start(unsigned long hart);
void first(void);
void second(void);

static table root __attribute__((aligned(4096)));
static table middle __attribute__((aligned(4096)));
static table leaves __attribute__((aligned(4096)));
static table old_page __attribute__((aligned(4096)));
static table new_page __attribute__((aligned(4096)));
static volatile int ready, seen, changed, done;

__asm__(".section .text.start, \"ax\"\n"
        ".globl _entry\n"
        "_entry: la sp, stacks\n"
        "addi t0, a0, 1\n"
        "slli t0, t0, 12\n"
        "add sp, sp, t0\n"
        "call start\n"
        ".bss\n"
        ".balign 16\n"
        "stacks: .space 8192\n"
        ".text\n");

static void
say(const char *words)
{
    while (*words)
        *UART = (unsigned char)*words++;
}

static unsigned long
entry(const void *to, unsigned long flags)
{
    return (unsigned long)to >> 12 << 10 | flags;
}

A_FUNCTION static void
fence(void)
{
    __asm__ volatile("sfence.vma zero, zero" ::: "memory");
}

A_FUNCTION static void
use_tree(void)
{
    fence();
    __asm__ volatile("csrw satp, %0" : : "r"(8UL << 60 | (unsigned long)root >> 12) : "memory");
    fence();
}

static void
make_tree(void)
{
    root[0] = entry((void *)0, LEAF);
    root[1] = entry(middle, POINTER);
    root[2] = entry((void *)0x80000000UL, LEAF);
    middle[0] = entry(leaves, POINTER);
    leaves[0] = entry(old_page, LEAF);
}

static void
wait_for(volatile int *flag)
{
    while (!*flag)
        ;
    __sync_synchronize();
}

static void
set(volatile int *flag)
{
    __sync_synchronize();
    *flag = 1;
}

A_FUNCTION static void
change_entry(void)
{
    ((volatile unsigned long *)leaves)[0] = entry(new_page, LEAF);
    fence();
}

A_FUNCTION static unsigned long
look(void)
{
    return *WINDOW;
}

// Hart 0.
void
first(void)
{
    old_page[0] = 1;
    new_page[0] = 2;
    make_tree();
    set(&ready);
    use_tree();
    wait_for(&seen);
    change_entry();
    say("hart 0: the window leads to the new page now; I have fenced my TLB\n");
    set(&changed);
    wait_for(&done);
    for (;;)
        __asm__ volatile("wfi");
}

// Hart 1.
void
second(void)
{
    wait_for(&ready);
    use_tree();
    say(look() == 1 ? "hart 1: I see the old page\n" : "hart 1: ?\n");
    set(&seen);
    wait_for(&changed);
    say(look() == 1 ? "hart 1: I still see the OLD page\n" : "hart 1: I see the new page\n");
    set(&done);
    for (;;)
        __asm__ volatile("wfi");
}

void
start(unsigned long hart)
{
    __asm__ volatile("csrw pmpaddr0, %0\n"
                     "csrw pmpcfg0, %1\n"
                     "csrw mepc, %2\n"
                     "csrc mstatus, %3\n"
                     "csrs mstatus, %4\n"
                     "mret\n"
                     :
                     : "r"(-1UL), "r"(0x1fUL), "r"(hart == 0 ? first : second), "r"(3UL << 11), "r"(1UL << 11));
}

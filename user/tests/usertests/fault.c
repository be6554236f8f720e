// SPDX-License-Identifier: MIT
// fault.c - sub-tests of faults: forbidden accesses and initial contents of pages.
//
// Theory    A forbidden access ends the process with status -1 and touches nothing else. Programs
//           rely on this layout: text not writable, data not executable, a guard page below the
//           stack, three pages at the top of which one may be read.
// Next      reg.c
#include "t.h"

// Text refuses stores, data refuses to be executed, address 0 is text and may be read.
static void
t_wxorx(void)
{
    static uint data = 0x00008067;
    char *heap = t_grow(PAGE);

    t_load(0);
    t_must_die(t_store, 0);
    t_must_die(t_store, (long)t_wxorx);
    *(uint *)heap = 0x00008067;
    t_must_die(t_call, (long)&data);
    t_must_die(t_call, (long)heap);
    t_must_die(t_call, (long)&heap);
    want(*(uint *)heap == 0x00008067, "the heap has changed");
}

// The pages at the top: USYSCALL may be read, nothing may be written or executed.
static void
t_toppages(void)
{
    struct usyscall *u = (struct usyscall *)USYSCALL;

    want(u->pid == getpid(), "USYSCALL says pid %d", u->pid);
    t_must_die(t_store, USYSCALL);
    t_must_die(t_call, USYSCALL);
    t_must_die(t_load, TRAPFRAME);
    t_must_die(t_store, TRAPFRAME);
    t_must_die(t_load, TRAMPOLINE);
    t_must_die(t_call, TRAMPOLINE);
    t_must_die(t_load, USYSCALL - PAGE);
    if (t_fork() == 0) {
        want(u->pid == getpid(), "USYSCALL says pid %d in the child", u->pid);
        exit(0);
    }
    t_wait_ok(1);
}

static void
illegal(long unused)
{
    (void)unused;
    asm volatile(".word 0");
}

static void
privileged(long unused)
{
    (void)unused;
    asm volatile("csrr zero, 0x100"); // sstatus
}

static void
breakpoint(long unused)
{
    (void)unused;
    asm volatile("ebreak");
}

static void
set_fence(long unused)
{
    (void)unused;
    asm volatile("sfence.vma");
}

// An illegal instruction kills its process only.
static void
t_badinstr(void)
{
    t_must_die(illegal, 0);
    t_must_die(privileged, 0);
    t_must_die(breakpoint, 0);
    t_must_die(set_fence, 0);
}

// The clock and the two counters are readable and increase.
static void
t_counters(void)
{
    uint64 t0, t1, c0, c1, i0, i1;

    asm volatile("rdtime %0\n rdcycle %1\n rdinstret %2" : "=r"(t0), "=r"(c0), "=r"(i0));
    sleep(1);
    asm volatile("rdtime %0\n rdcycle %1\n rdinstret %2" : "=r"(t1), "=r"(c1), "=r"(i1));
    want(t1 > t0, "time stands still");
    want(c1 != c0 && i1 != i0, "cycle or instret stands still");
}

// Returns the lowest address below sp that system calls can read without a gap.
static uint64
stack_bottom(void)
{
    int p[2];
    uint64 at = (uint64)__builtin_frame_address(0) & ~(uint64)(PAGE - 1);
    char c;

    want(pipe(p) == 0, "pipe failed");
    while (write(p[1], (void *)(at - PAGE), 1) == 1) {
        want(read(p[0], &c, 1) == 1, "read from pipe failed");
        at -= PAGE;
    }
    close(p[0]);
    close(p[1]);
    return at;
}

static int
deeper(volatile char *above)
{
    volatile char here[2000];

    here[0] = above ? above[0] : 1;
    return here[0] ? deeper(here) + here[0] : 0;
}

static void
recurse(long unused)
{
    (void)unused;
    deeper(0);
}

// stacktest: a guard page lies below the stack and ends recursion.
static void
t_stacktest(void)
{
    uint64 bottom = stack_bottom();
    uint64 depth = (uint64)__builtin_frame_address(0) - bottom;

    want(depth < 72 * 1024, "no guard page within %lu bytes", depth);
    want(depth > 1024, "only %lu bytes of stack", depth);
    t_must_die(t_load, bottom - 1);
    t_must_die(t_store, bottom - 1);
    t_must_die(t_store, bottom - PAGE);
    t_must_die(recurse, 0);
    want(write(1, (void *)(bottom - 1), 1) <= 0, "a call reads the guard page");
}

// Unused stack memory is zero.
static void
t_stackzero(void)
{
    volatile char *p = (volatile char *)stack_bottom();
    int dirty = 0;

    for (int i = 0; i < 256; i++)
        dirty += p[i] != 0;
    want(dirty == 0, "%d of the 256 lowest bytes of the stack are not zero", dirty);
}

// A misaligned access works or kills its process; it never harms the kernel.
static void
misaligned(long va)
{
    *(volatile uint64 *)va = 0x0123456789abcdef;
    if (*(volatile uint64 *)va != 0x0123456789abcdef)
        exit(7);
}

static void
t_misaligned(void)
{
    char *page = t_grow(2 * PAGE);

    for (int i = 1; i < 8; i += 2) {
        int r = t_status(misaligned, (long)page + PAGE - i);
        want(r == 0 || r == -1, "status %d at offset -%d", r, i);
    }
}

// After fork a store shows in one process only, whichever writes first.
static void
t_forkpages(void)
{
    enum { NPAGES = 20 };
    char *page = t_grow(NPAGES * PAGE);
    int p[2];
    char c;

    want(pipe(p) == 0, "pipe failed");
    for (int i = 0; i < NPAGES; i++)
        page[i * PAGE + i] = i + 1;
    if (t_fork() == 0) {
        for (int i = 0; i < NPAGES; i += 2)
            page[i * PAGE + i] = 100;
        want(read(p[0], &c, 1) == 1, "read from pipe failed");
        for (int i = 1; i < NPAGES; i += 2)
            want(page[i * PAGE + i] == i + 1, "page %d: the parent's store shows", i);
        exit(0);
    }
    for (int i = 1; i < NPAGES; i += 2)
        page[i * PAGE + i] = 99;
    want(write(p[1], "g", 1) == 1, "write to pipe failed");
    t_wait_ok(1);
    for (int i = 0; i < NPAGES; i++)
        want(page[i * PAGE + i] == (i % 2 ? 99 : i + 1), "page %d: the child's store shows", i);
}

const struct test fault_tests[] = {
    TEST(wxorx, T_NOISY), TEST(toppages, T_NOISY),   TEST(badinstr, T_NOISY),
    TEST(counters, 0),    TEST(stacktest, T_NOISY),  TEST(stackzero, 0),
    TEST(forkpages, 0),   TEST(misaligned, T_NOISY), {0, 0, 0},
};

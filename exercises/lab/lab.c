// SPDX-License-Identifier: MIT
// lab.c - the machine behind lab.h and check.h.
//
// Theory    The frames are an mmap at KERNBASE. A free frame is filled with 0x01 and compared when
//           it is given out again; a frame is given out full of 0x05. A signal that the answer
//           causes becomes a sentence.
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"

#define FRAMES  ((PHYSTOP - KERNBASE) / PGSIZE)
#define SECONDS 10
#define FREED   1
#define FRESH   5

static int users[FRAMES], fails_after = -1, used, fenced;
static uint next;
static char output[1 << 16];
static int collecting, out;
static const char *words;
static jmp_buf back;
static int caught;

const char *
either(const char *en, const char *zh)
{
    const char *lang = getenv("EXERCISE_LANG");
    return lang != NULL && strcmp(lang, "zh") == 0 ? zh : en;
}

void
fail(const char *en, const char *zh, ...)
{
    va_list args;
    va_start(args, zh);
    vfprintf(stdout, either(en, zh), args);
    va_end(args);
    fputc('\n', stdout);
    fflush(stdout);
    _exit(1);
}

static int
number_of(const void *frame, const char *call)
{
    uint64 pa = (uint64)frame;
    if (pa % PGSIZE != 0 || pa < KERNBASE || pa >= PHYSTOP)
        fail("%s(%#lx): this is no address of a frame", "%s(%#lx): 这不是页框的地址", call, pa);
    int n = (int)((pa - KERNBASE) / PGSIZE);
    if (users[n] == 0)
        fail("%s(%#lx): the frame is free already", "%s(%#lx): 这个页框已经被释放", call, pa);
    return n;
}

static void
untouched(int n)
{
    const unsigned char *frame = (unsigned char *)KERNBASE + n * PGSIZE;
    for (uint64 i = 0; i < PGSIZE; i++)
        if (frame[i] != FREED)
            fail("the frame %#lx was written to while it was free",
                 "页框 %#lx 在被释放之后又被写入", (uint64)frame);
}

void *
kalloc(void)
{
    if (fails_after >= 0 && fails_after-- == 0)
        return NULL;
    for (uint tried = 0; tried < FRAMES; tried++) {
        int n = (int)(next++ % FRAMES);
        if (users[n] == 0) {
            untouched(n);
            users[n] = 1;
            used++;
            return memset((char *)KERNBASE + n * PGSIZE, FRESH, PGSIZE);
        }
    }
    return NULL;
}

void
kfree(void *frame)
{
    int n = number_of(frame, "kfree");
    if (--users[n] == 0) {
        used--;
        memset(frame, FREED, PGSIZE);
    }
}

void
kshare(void *frame)
{
    users[number_of(frame, "kshare")]++;
}

int
kcount(const void *frame)
{
    return users[number_of(frame, "kcount")];
}

void
sfence_vma(void)
{
    fenced++;
}

int
fences(void)
{
    return fenced;
}

int
frames_used(void)
{
    for (int n = 0; n < (int)FRAMES; n++)
        if (users[n] == 0)
            untouched(n);
    return used;
}

void
kalloc_fails(int n)
{
    fails_after = n;
}

void
panic(const char *why)
{
    if (!caught)
        fail("the kernel panics: %s", "内核 panic 了: %s", why);
    words = why;
    longjmp(back, 1);
}

const char *
panics(void (*function)(void))
{
    words = NULL;
    caught = 1;
    if (setjmp(back) == 0)
        function();
    caught = 0;
    return words;
}

// --- trees, seen by the check --------------------------------------------------------------------

void *
zeroes(void)
{
    return memset(kalloc(), 0, PGSIZE);
}

pte_t
entry_at(pagetable_t root, uint64 va, int level)
{
    for (int at = 2;; at--) {
        pte_t pte = root[va >> (12 + 9 * at) & 511];
        if (at == level)
            return pte;
        if (!(pte & PTE_V) || (pte & (PTE_R | PTE_W | PTE_X)))
            return 0;
        root = (pagetable_t)PTE2PA(pte);
    }
}

void
entry_put(pagetable_t root, uint64 va, int level, pte_t pte)
{
    for (int at = 2; at > level; at--) {
        pte_t *slot = &root[va >> (12 + 9 * at) & 511];
        if (*slot == 0)
            *slot = PA2PTE(zeroes()) | PTE_V;
        root = (pagetable_t)PTE2PA(*slot);
    }
    root[va >> (12 + 9 * level) & 511] = pte;
}

pte_t *
lab_walk(pagetable_t table, uint64 va, int alloc)
{
    for (int level = 2; level > 0; level--) {
        pte_t *pte = &table[va >> (12 + 9 * level) & 511];
        if (!(*pte & PTE_V)) {
            void *page = alloc ? kalloc() : 0;
            if (!page)
                return 0;
            *pte = PA2PTE(memset(page, 0, PGSIZE)) | PTE_V;
        }
        table = (pagetable_t)PTE2PA(*pte);
    }
    return &table[va >> 12 & 511];
}

// --- output --------------------------------------------------------------------------------------

int
lab_printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = collecting ? vsnprintf(output + out, sizeof(output) - (size_t)out, format, args)
                       : vprintf(format, args);
    va_end(args);
    if (collecting && (out += n) >= (int)sizeof(output))
        fail("it prints without end", "输出没有尽头");
    return n;
}

void
collect(void)
{
    collecting = 1;
    out = 0;
    output[0] = 0;
}

const char *
printed(void)
{
    collecting = 0;
    return output;
}

// --- what the answer may do wrong ----------------------------------------------------------------

static void
on_fault(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    fail("it used the address 0x%lx, where there is no memory", "它访问了地址 0x%lx, 那里没有内存",
         (uint64)info->si_addr);
}

static void
on_alarm(int signal)
{
    (void)signal;
    fail("it does not end", "程序没有结束");
}

int
main(void)
{
    static char stack[1 << 16];
    stack_t other = {.ss_sp = stack, .ss_size = sizeof(stack)};
    struct sigaction act = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    void *ram = mmap((void *)KERNBASE, PHYSTOP - KERNBASE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (ram != (void *)KERNBASE)
        fail("this computer has no room for frames at %#lx", "本机在 %#lx 处没有可用的地址空间",
             KERNBASE);
    memset(ram, FREED, PHYSTOP - KERNBASE);
    sigaltstack(&other, NULL);
    sigaction(SIGSEGV, &act, NULL);
    sigaction(SIGBUS, &act, NULL);
    signal(SIGALRM, on_alarm);
    alarm(SECONDS);
    check();
    return 0;
}

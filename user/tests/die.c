// SPDX-License-Identifier: MIT
// die.c - do one thing that must kill the process.
//
// Usage     die WAY; without WAY the list is printed. `die exit N` ends with N. If the process
//           survives, it reports that on fd 1 (`die: WAY: still alive`) with status 0.
// Theory    The accesses are made by assembly, so that the compiler neither removes nor moves them.
#include "kernel/types.h"
#include "abi/usyscall.h"
#include "ulib/cmd.h"
#include "ulib/tr.h"
#include "user/user.h"

static void
load_at(uint64 va)
{
    asm volatile("lb t0, 0(%0)" ::"r"(va) : "t0", "memory");
}

static void
store_at(uint64 va)
{
    asm volatile("sb zero, 0(%0)" ::"r"(va) : "memory");
}

static void
jump_to(uint64 va)
{
    asm volatile("jr %0" ::"r"(va) : "memory");
}

static void
illegal(uint64 unused)
{
    (void)unused;
    asm volatile(".word 0");
}

static void
breakpoint(uint64 unused)
{
    (void)unused;
    asm volatile("ebreak");
}

static void
privileged(uint64 unused)
{
    (void)unused;
    asm volatile("csrw satp, zero");
}

// An atomic access at an odd address always traps: it cannot be done in parts.
static void
misaligned(uint64 unused)
{
    static uint64 words[2];

    (void)unused;
    asm volatile("amoadd.w t0, zero, (%0)" ::"r"((char *)words + 1) : "t0", "memory");
}

static int
deeper(volatile char *above)
{
    volatile char here[1000];

    here[0] = above ? above[0] : 1;
    return here[0] ? deeper(here) + here[0] : 0;
}

static void
overflow(uint64 unused)
{
    (void)unused;
    deeper(0);
}

static void
lose_all(uint64 unused)
{
    (void)unused;
    sbrk(-(int)(uint64)sbrk(0));
}

static void
kill_self(uint64 unused)
{
    (void)unused;
    kill(getpid());
    getpid();
}

static uint data[1] = {0x00008067};

static const struct {
    const char *name;
    void (*way)(uint64);
    uint64 va;
} ways[] = {
    {"load", load_at, 0x30000000},
    {"store", store_at, 0x30000000},
    {"exec", jump_to, 0x30000000},
    {"textstore", store_at, 0},
    {"dataexec", jump_to, (uint64)data},
    {"kernelload", load_at, 0xffffffff80200000},
    {"kernelstore", store_at, 0xffffffff80200000},
    {"kernelexec", jump_to, 0xffffffff80200000},
    {"directload", load_at, 0xffffffc000000000},
    {"noncanonical", load_at, 1UL << 40},
    {"maxva", load_at, MAXVA},
    {"trampoline", load_at, TRAMPOLINE},
    {"trapframe", load_at, TRAPFRAME},
    {"usyscallstore", store_at, USYSCALL},
    {"illegal", illegal, 0},
    {"ebreak", breakpoint, 0},
    {"privileged", privileged, 0},
    {"misaligned", misaligned, 0},
    {"stackoverflow", overflow, 0},
    {"sbrk", lose_all, 0},
    {"kill", kill_self, 0},
};

static const struct phrase words[] = {
    {"usage: die exit N | WAY, one of:", "用法: die exit N | 方式, 可选的有:"},
    {"die: %s: still alive\n", "die: %s: 仍在运行\n"},
    {0, 0},
};

#define PER_ROW 5 // names, on a row of 80 columns
#define NWAYS   ((int)(sizeof(ways) / sizeof(ways[0])))

int
main(int argc, char **argv)
{
    tr_use(words);
    if (argc == 3 && strcmp(argv[1], "exit") == 0)
        exit(atoi(argv[2]));
    for (int i = 0; i < NWAYS && argc == 2; i++) {
        if (strcmp(ways[i].name, argv[1]) == 0) {
            ways[i].way(ways[i].va);
            printf(tr("die: %s: still alive\n"), argv[1]);
            exit(0);
        }
    }
    printf("%s", tr("usage: die exit N | WAY, one of:"));
    for (int i = 0; i < NWAYS; i++)
        printf("%s%s", i % PER_ROW ? " " : "\n  ", ways[i].name);
    printf("\n");
    exit(2);
}

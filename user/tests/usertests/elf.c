// SPDX-License-Identifier: MIT
// elf.c - sub-tests of exec with valid and broken program files made by hand.
//
// Theory    The smallest program exits with 42. Each broken variant changes one field; exec then
//           returns -1 (status REFUSED below), or the program is killed; nothing else may happen.
// Next      exec.c
#include "t.h"

#define REFUSED 100
#define ANY     101 // refused, killed and run are all right
#define OFF     0x1000
#define PHDR    64

struct elf {
    uint magic;
    uchar ident[12];
    ushort type, machine;
    uint version;
    uint64 entry, phoff, shoff;
    uint flags;
    ushort ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct segment {
    uint type, flags;
    uint64 off, vaddr, paddr, filesz, memsz, align;
};

static const uint code[] = {
    0x02a00513, // li a0, 42
    0x00200893, // li a7, 2
    0x00000073, // ecall
};

static const struct elf head = {
    .magic = 0x464c457f,
    .ident = {2, 1, 1},
    .type = 2,
    .machine = 243,
    .version = 1,
    .phoff = PHDR,
    .ehsize = 64,
    .phentsize = 56,
    .phnum = 2,
};

static const struct segment load = {
    .type = 1, .flags = 7, .off = OFF, .filesz = sizeof(code), .memsz = 3 * PAGE, .align = PAGE};

static const struct segment attributes = {
    .type = 0x70000003, .flags = 4, .off = OFF, .filesz = 8, .memsz = 0, .align = 1};

// Writes image of n bytes as "prog" and runs it.
// Returns   its status, or REFUSED when exec failed.
static int
run(const char *image, int n)
{
    static char *argv[] = {"prog", 0};
    int fd = t_open("prog", O_CREATE | O_TRUNC | O_WRONLY);

    want(write(fd, image, n) == n, "write failed");
    close(fd);
    int pid = t_fork();
    if (pid == 0) {
        exec("prog", argv);
        exit(REFUSED);
    }
    return t_wait(pid);
}

// Lays out the program: headers, code at file offset off.
static char *
layout(int off)
{
    static char image[3 * PAGE];
    struct segment seg = load;

    memset(image, 0, sizeof(image));
    seg.off = off;
    memmove(image, &head, sizeof(head));
    memmove(image + PHDR, &attributes, sizeof(attributes));
    memmove(image + PHDR + 56, &seg, sizeof(seg));
    memmove(image + off, code, sizeof(code));
    return image;
}

// The unchanged program runs, with its code at a page boundary of the file and elsewhere.
static void
t_elfgood(void)
{
    want(run(layout(OFF), 2 * PAGE) == 42, "the code is on a page border");
    want(run(layout(0xb0), PAGE) == 42, "the code is at offset 0xb0");
    want(run(layout(OFF - 4), 2 * PAGE) == 42, "the code crosses a page border");
    want(run(layout(OFF), OFF + sizeof(code)) == 42, "the file ends with the code");
    t_remove("prog");
}

#define E(field) __builtin_offsetof(struct elf, field), sizeof(((struct elf *)0)->field)
#define S(field)                                                                                   \
    PHDR + 56 + __builtin_offsetof(struct segment, field), sizeof(((struct segment *)0)->field)

static const struct {
    const char *what;
    int at, width;
    uint64 value;
    int expect;
} broken[] = {
    {"magic", E(magic), 0x464c457e, REFUSED},
    {"headers behind the end", E(phoff), 3 * PAGE, REFUSED},
    {"headers far behind the end", E(phoff), 0x7fffffffffffffff, REFUSED},
    {"headers before the start", E(phoff), -56UL, REFUSED},
    {"65535 headers", E(phnum), 65535, ANY},
    {"no headers", E(phnum), 0, ANY},
    {"entry outside", E(entry), 0x100000, ANY},
    {"entry at the top", E(entry), MAXVA, ANY},
    {"entry in the kernel", E(entry), 0xffffffff80200000, ANY},
    {"entry odd", E(entry), 1, ANY},
    {"more in the file than in memory", S(memsz), 4, REFUSED},
    {"2 TiB of memory", S(memsz), 1UL << 41, REFUSED},
    {"all of memory", S(memsz), -1UL, REFUSED},
    {"half of memory", S(memsz), 1UL << 63, REFUSED},
    {"memory up to MAXVA", S(memsz), MAXVA, REFUSED},
    {"memory up to USYSCALL", S(memsz), USYSCALL + 1, REFUSED},
    {"contents behind the end", S(off), 2 * PAGE, REFUSED},
    {"contents far behind the end", S(off), 1UL << 40, REFUSED},
    {"contents before the start", S(off), -8UL, REFUSED},
    {"contents cut", S(filesz), 2 * PAGE, REFUSED},
    {"at the trampoline", S(vaddr), TRAMPOLINE, REFUSED},
    {"at the trap frame", S(vaddr), TRAPFRAME, REFUSED},
    {"reaching the top pages", S(vaddr), USYSCALL - PAGE, REFUSED},
    {"at MAXVA", S(vaddr), MAXVA, REFUSED},
    {"in the gap", S(vaddr), 1UL << 40, REFUSED},
    {"in the kernel", S(vaddr), 0xffffffff80200000, REFUSED},
    {"in the direct map", S(vaddr), 0xffffffc000000000, REFUSED},
    {"wrapping around", S(vaddr), -4096UL, REFUSED},
    {"off a page border", S(vaddr), 100, ANY},
    {"high", S(vaddr), 0x80000000, ANY},
    {"not readable", S(flags), 0, ANY},
    {"not executable", S(flags), 6, ANY},
    {"unknown type", S(type), 0x12345, ANY},
};

static void
t_elfbroken(void)
{
    for (uint i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        char *image = layout(OFF);
        memmove(image + broken[i].at, &broken[i].value, broken[i].width);
        int status = run(image, 2 * PAGE);
        if (broken[i].expect == REFUSED)
            want(status == REFUSED, "%s: status %d, not refused", broken[i].what, status);
        want(status == REFUSED || status == -1 || status == 42, "%s: status %d", broken[i].what,
             status);
    }
    t_remove("prog");
}

// Programs truncated to every length, and with random bytes changed.
static void
t_elfrandom(void)
{
    uint x = 4711;

    for (int n = 0; n < 180; n += 9)
        want(run(layout(OFF), n) == REFUSED, "%d bytes of a program run", n);
    for (int i = 0; i < 60; i++) {
        char *image = layout(0xb0);
        for (int k = 0; k < 3; k++)
            image[t_random(&x) % 0xbc] = t_random(&x);
        run(image, PAGE);
    }
    t_remove("prog");
}

const struct test elf_tests[] = {
    TEST(elfgood, 0), TEST(elfbroken, T_NOISY), TEST(elfrandom, T_NOISY), {0, 0, 0}};

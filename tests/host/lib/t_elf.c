// SPDX-License-Identifier: MIT
// t_elf.c - both shapes of programs are accepted as they are; each broken number is refused.
//
// SOURCES: kernel/lib/parse/elf.c kernel/lib/range.c
#include "test.h"

#include "abi/errno.h"
#include "abi/mman.h"
#include "lib/parse/elf.h"

#define LIMIT     0x3fffffd000UL
#define FILE_SIZE 0x8000UL
#define LOAD      1
#define STACK     0x6474e551
#define ATTRIBUTE 0x70000003

static uint8 header[ELF_HEADER_SIZE], entry[ELF_PHDR_SIZE];

// Writes `size` bytes of a little-endian number.
static void
put(uint8 *bytes, int at, int size, uint64 v)
{
    for (int i = 0; i < size; i++)
        bytes[at + i] = (uint8)(v >> (8 * i));
}

static void
good_header(void)
{
    memset(header, 0, sizeof header);
    memcpy(header, "\177ELF\2\1\1", 7);
    put(header, 16, 2, 2);      // type
    put(header, 18, 2, 243);    // machine
    put(header, 24, 8, 0x3fe);  // entry
    put(header, 32, 8, 64);     // phoff
    put(header, 40, 8, ~0UL);   // shoff: sections are not looked at
    put(header, 54, 2, 56);     // phentsize
    put(header, 56, 2, 3);      // phnum
    put(header, 60, 2, 0xffff); // shnum
}

static void
phdr(uint32 type, uint32 flags, uint64 off, uint64 va, uint64 filesz, uint64 memsz)
{
    put(entry, 0, 4, type);
    put(entry, 4, 4, flags);
    put(entry, 8, 8, off);
    put(entry, 16, 8, va);
    put(entry, 24, 8, 0x1234); // physical: not looked at
    put(entry, 32, 8, filesz);
    put(entry, 40, 8, memsz);
    put(entry, 48, 8, 3); // alignment: not looked at
}

static int
header_with(int at, int size, uint64 v)
{
    struct elf_header h = {.entry = 77};
    good_header();
    put(header, at, size, v);
    int e = elf_check_header(header, sizeof header, FILE_SIZE, &h);
    CHECK(e == 0 || h.entry == 77);
    return e;
}

static void
test_header(void)
{
    struct elf_header h;
    good_header();
    CHECK_EQ(elf_check_header(header, sizeof header, FILE_SIZE, &h), 0);
    CHECK(h.entry == 0x3fe && h.phoff == 64 && h.phnum == 3);
    CHECK_EQ(elf_check_header(header, sizeof header, 64 + 3 * 56, &h), 0);
    CHECK_EQ(elf_check_header(header, sizeof header, 64 + 3 * 56 - 1, &h), -ENOEXEC);
    for (size_t n = 0; n < sizeof header; n++) {
        uint8 *part = malloc(n);
        memcpy(part, header, n);
        CHECK_EQ(elf_check_header(part, n, FILE_SIZE, &h), -ENOEXEC);
        free(part);
    }
    for (int i = 0; i < 6; i++)
        CHECK_EQ(header_with(i, 1, 0x55), -ENOEXEC);
    CHECK_EQ(header_with(16, 2, 3), -ENOEXEC);
    CHECK_EQ(header_with(18, 2, 62), -ENOEXEC);
    CHECK_EQ(header_with(54, 2, 32), -ENOEXEC);
    CHECK_EQ(header_with(56, 2, 0), -ENOEXEC);
    CHECK_EQ(header_with(56, 2, 0xffff), -ENOEXEC);
    CHECK_EQ(header_with(32, 8, FILE_SIZE), -ENOEXEC);
    CHECK_EQ(header_with(32, 8, ~0UL - 10), -ENOEXEC);
    CHECK_EQ(header_with(7, 1, 9), 0); // the system it was made for
}

static int
check(struct elf_segment *s)
{
    return elf_check_phdr(entry, sizeof entry, FILE_SIZE, LIMIT, s);
}

static void
test_phdr(void)
{
    struct elf_segment s;
    phdr(LOAD, 7, 0x78, 0, 0x900, 0x2000);
    CHECK_EQ(check(&s), 0);
    CHECK(s.kind == ELF_LOAD && s.prot == (PROT_READ | PROT_WRITE | PROT_EXEC));
    CHECK(s.va == 0 && s.off == 0x78 && s.filesz == 0x900 && s.memsz == 0x2000);
    CHECK(!elf_mappable(&s));
    phdr(LOAD, 5, 0x1000, 0x1000, 0x900, 0x900);
    CHECK_EQ(check(&s), 0);
    CHECK_EQ(s.prot, PROT_READ | PROT_EXEC);
    CHECK(elf_mappable(&s));
    phdr(LOAD, 6, 0x1000, LIMIT - 0x1000, FILE_SIZE - 0x1000, 0x8000);
    CHECK_EQ(check(&s), -ENOMEM);
    phdr(LOAD, 6, 0x1000, LIMIT - 0x8000, FILE_SIZE - 0x1000, 0x8000);
    CHECK_EQ(check(&s), 0);
    CHECK_EQ(s.prot, PROT_READ | PROT_WRITE);
    phdr(ATTRIBUTE, 4, 0x2000, 0, 0x53, 0);
    CHECK_EQ(check(&s), 0);
    CHECK_EQ(s.kind, ELF_OTHER);
    phdr(LOAD, 6, 0, 0, 0, 0);
    CHECK_EQ(check(&s), 0);
    CHECK_EQ(s.kind, ELF_OTHER);
    phdr(STACK, 6, 0, 0, 0, 0x10000);
    CHECK_EQ(check(&s), 0);
    CHECK(s.kind == ELF_STACK && s.memsz == 0x10000);
}

static void
test_bad_phdr(void)
{
    struct elf_segment s = {.va = 77};
    phdr(LOAD, 6, 0, 0, 0x900, 0x8ff);
    CHECK_EQ(check(&s), -ENOEXEC);
    phdr(LOAD, 6, FILE_SIZE - 0x8ff, 0, 0x900, 0x900);
    CHECK_EQ(check(&s), -ENOEXEC);
    phdr(LOAD, 6, ~0UL - 0x10, 0, 0x900, 0x900);
    CHECK_EQ(check(&s), -ENOEXEC);
    phdr(LOAD, 6, 0, ~0UL - 0x10, 0x900, 0x900);
    CHECK_EQ(check(&s), -ENOEXEC);
    phdr(LOAD, 6, 0, LIMIT - 0x8ff, 0x900, 0x900);
    CHECK_EQ(check(&s), -ENOMEM);
    phdr(LOAD, 6, 0, 0x80000000, 0x900, ~0UL);
    CHECK_EQ(check(&s), -ENOEXEC);
    phdr(STACK, 6, 0, 0, 0, LIMIT + 1);
    CHECK_EQ(check(&s), -ENOMEM);
    phdr(LOAD, 6, 0, 0, 0, 0x1000);
    CHECK_EQ(elf_check_phdr(entry, sizeof entry - 1, FILE_SIZE, LIMIT, &s), -ENOEXEC);
    CHECK_EQ(s.va, 77);
}

static int
add(struct elf_program *p, uint64 va, uint64 memsz)
{
    struct elf_segment s = {.kind = ELF_LOAD, .va = va, .memsz = memsz};
    return elf_add(p, &s);
}

static void
test_program(void)
{
    struct elf_program p = {0};
    struct elf_segment stack = {.kind = ELF_STACK, .memsz = 0x4000}, other = {.kind = ELF_OTHER};
    CHECK_EQ(add(&p, 0, 0x1000), 0);
    CHECK_EQ(elf_add(&p, &other), 0);
    CHECK_EQ(add(&p, 0xfff, 1), -ENOEXEC);
    CHECK_EQ(p.end, 0x1000);
    CHECK_EQ(add(&p, 0x1000, 1), 0);
    CHECK_EQ(add(&p, 0x1800, 1), -ENOEXEC);
    CHECK_EQ(add(&p, 0, 1), -ENOEXEC);
    CHECK_EQ(elf_add(&p, &stack), 0);
    CHECK(p.count == 2 && p.stack == 0x4000 && p.end == 0x1001);
    for (uint64 i = 2; i < ELF_MAX_SEGMENTS; i++)
        CHECK_EQ(add(&p, i * 0x1000, 0x10), 0);
    CHECK_EQ(add(&p, 0x1000000, 0x10), -ENOEXEC);
    CHECK_EQ(p.count, ELF_MAX_SEGMENTS);
}

int
main(void)
{
    test_header();
    test_phdr();
    test_bad_phdr();
    test_program();
    return test_done();
}

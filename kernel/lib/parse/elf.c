// SPDX-License-Identifier: MIT
// elf.c - checks of executable files.
//
// Theory    Two shapes are in use: one segment R W X at address 0 whose file offset is not aligned
//           (it has to be copied), and page-aligned segments R X and R W (they can be mapped).
//           Sections are ignored.
// Promises  reads only the bytes given; after a check succeeds no sum of the result's fields wraps,
//           file ranges lie in the file and memory ranges below the limit.
#include "lib/parse/elf.h"

#include "abi/errno.h"
#include "abi/mman.h"
#include "lib/range.h"
#include "lib/string.h"

#define PAGE         4096UL
#define MACHINE      243 // RISC-V
#define TYPE_EXEC    2
#define PT_LOAD      1
#define PT_GNU_STACK 0x6474e551
#define PF_X         1
#define PF_W         2
#define PF_R         4

struct ehdr {
    uint8 ident[16];
    uint16 type, machine;
    uint32 version;
    uint64 entry, phoff, shoff;
    uint32 flags;
    uint16 ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct phdr {
    uint32 type, flags;
    uint64 offset, vaddr, paddr, filesz, memsz, align;
};

_Static_assert(sizeof(struct ehdr) == ELF_HEADER_SIZE, "fixed by the format");
_Static_assert(sizeof(struct phdr) == ELF_PHDR_SIZE, "fixed by the format");

// Checks the start of a file of file_size bytes, n of which are given. Returns -ENOEXEC if it is
// not a program for this machine or is cut short; then *h is as it was.
int
elf_check_header(const void *bytes, size_t n, uint64 file_size, struct elf_header *h)
{
    static const uint8 ident[6] = {0x7f, 'E', 'L', 'F', 2, 1}; // 64 bits, little-endian
    struct ehdr e;
    struct range table;
    if (n < sizeof e)
        return -ENOEXEC;
    memcpy(&e, bytes, sizeof e); // the bytes need not be aligned
    if (memcmp(e.ident, ident, sizeof ident) != 0)
        return -ENOEXEC;
    if (e.type != TYPE_EXEC || e.machine != MACHINE)
        return -ENOEXEC;
    if (e.phentsize != ELF_PHDR_SIZE || e.phnum == 0 || e.phnum > ELF_MAX_PHDRS)
        return -ENOEXEC;
    if (!range_make(e.phoff, (uint64)e.phnum * ELF_PHDR_SIZE, &table) || table.end > file_size)
        return -ENOEXEC;
    *h = (struct elf_header){.entry = e.entry, .phoff = e.phoff, .phnum = e.phnum};
    return 0;
}

static uint32
prot_of(uint32 flags)
{
    return (flags & PF_R ? PROT_READ : 0) | (flags & PF_W ? PROT_WRITE : 0) |
           (flags & PF_X ? PROT_EXEC : 0);
}

static int
check_load(const struct phdr *p, uint64 file_size, uint64 limit, struct elf_segment *s)
{
    struct range file, memory;
    if (p->memsz < p->filesz || !range_make(p->offset, p->filesz, &file) || file.end > file_size)
        return -ENOEXEC;
    if (!range_make(p->vaddr, p->memsz, &memory))
        return -ENOEXEC;
    if (memory.end > limit)
        return -ENOMEM;
    *s = (struct elf_segment){.kind = p->memsz > 0 ? ELF_LOAD : ELF_OTHER,
                              .prot = prot_of(p->flags),
                              .va = p->vaddr,
                              .memsz = p->memsz,
                              .off = p->offset,
                              .filesz = p->filesz};
    return 0;
}

// Checks one program header, n bytes of which are given. Returns -ENOEXEC if it contradicts itself
// or the size of the file, -ENOMEM if it asks for memory beyond `limit`; then *s is as it was.
int
elf_check_phdr(const void *bytes, size_t n, uint64 file_size, uint64 limit, struct elf_segment *s)
{
    struct phdr p;
    if (n < sizeof p)
        return -ENOEXEC;
    memcpy(&p, bytes, sizeof p); // the bytes need not be aligned
    if (p.type == PT_LOAD)
        return check_load(&p, file_size, limit, s);
    if (p.type == PT_GNU_STACK && p.memsz > limit)
        return -ENOMEM;
    *s = (struct elf_segment){.kind = p.type == PT_GNU_STACK ? ELF_STACK : ELF_OTHER,
                              .memsz = p.type == PT_GNU_STACK ? p.memsz : 0};
    return 0;
}

// Adds what was checked to a program that was all zero at first. Returns -ENOEXEC if segments are
// out of order, share a page or are too many; then the program is as it was.
int
elf_add(struct elf_program *p, const struct elf_segment *s)
{
    if (s->kind == ELF_STACK)
        p->stack = s->memsz;
    if (s->kind != ELF_LOAD)
        return 0;
    if (p->count == ELF_MAX_SEGMENTS)
        return -ENOEXEC;
    if (p->count > 0 && s->va / PAGE <= (p->end - 1) / PAGE)
        return -ENOEXEC;
    p->segment[p->count++] = *s;
    p->end = s->va + s->memsz;
    return 0;
}

// Returns whether the segment's pages in the file coincide with those in memory, so that they can
// be mapped.
bool
elf_mappable(const struct elf_segment *s)
{
    return s->va % PAGE == s->off % PAGE;
}

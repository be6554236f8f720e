// SPDX-License-Identifier: MIT
// elf.c - ELF64 files in memory: header, sections, and pieces of them.
//
// Promises  any-bytes: a file may be truncated or hostile; nothing outside it is read.
// Manual    System V ABI, chapter 4
#include "board/elf.h"

#include "base/mem.h"

enum { CLASS_64 = 2, LITTLE_ENDIAN_DATA = 1, RISCV = 243 };

#define PROGRAM_HEADER_BYTES 56

bool
elf_peek(struct file f, uint64 offset, void *to, uint64 n)
{
    if (offset > f.size || n > f.size - offset)
        return false;
    mem_copy(to, f.bytes + offset, n);
    return true;
}

bool
elf_magic(struct file f)
{
    return f.size >= 4 && mem_equal(f.bytes, "\177ELF", 4);
}

// Reads the header of an ELF64 program for RISC-V.
// On error  *value is the wrong field, or 0.
enum load_error
elf_read_header(struct file f, struct elf_header *h, uint64 *value)
{
    *value = 0;
    if (!elf_magic(f))
        return LOAD_NOT_ELF;
    if (!elf_peek(f, 0, h, sizeof(*h)))
        return LOAD_TRUNCATED;
    if (h->ident[4] != CLASS_64)
        return LOAD_32_BIT;
    if (h->ident[5] != LITTLE_ENDIAN_DATA)
        return LOAD_BIG_ENDIAN;
    *value = h->machine;
    if (h->machine != RISCV)
        return LOAD_OTHER_MACHINE;
    *value = h->type;
    if (h->type != ELF_EXEC && h->type != ELF_DYN)
        return LOAD_NOT_PROGRAM;
    *value = h->phentsize;
    return h->phentsize != PROGRAM_HEADER_BYTES ? LOAD_BAD_HEADERS : LOAD_OK;
}

bool
elf_segment(struct file f, const struct elf_header *h, uint32 i, struct elf_segment *s)
{
    return i < h->phnum && h->phoff <= f.size &&
           elf_peek(f, h->phoff + (uint64)i * sizeof(*s), s, sizeof(*s));
}

bool
elf_section(struct file f, const struct elf_header *h, uint32 i, struct section_header *s)
{
    uint64 offset = (uint64)i * sizeof(*s);
    return i < h->shnum && h->shentsize == sizeof(*s) && h->shoff <= f.size &&
           elf_peek(f, h->shoff + offset, s, sizeof(*s));
}

bool
elf_symtab(struct file f, const struct elf_header *h, struct section_header *table,
           struct section_header *strings)
{
    for (uint32 i = 0; elf_section(f, h, i, table); i++) {
        if (table->type == SECTION_SYMTAB)
            return elf_section(f, h, table->link, strings) && strings->offset <= f.size &&
                   table->offset <= f.size;
    }
    return false;
}

const char *
elf_string(struct file f, uint64 offset)
{
    for (uint64 at = offset; at < f.size; at++) {
        if (f.bytes[at] == '\0')
            return (const char *)f.bytes + offset;
    }
    return NULL;
}

bool
elf_string_is(struct file f, uint64 offset, const char *name)
{
    for (;; offset++, name++) {
        if (offset >= f.size || f.bytes[offset] != (uint8)*name)
            return false;
        if (*name == '\0')
            return true;
    }
}

struct file
elf_named(struct file f, const struct elf_header *h, const char *name)
{
    struct section_header names, s;
    if (!elf_section(f, h, h->shstrndx, &names) || names.offset > f.size)
        return (struct file){0};
    for (uint32 i = 0; elf_section(f, h, i, &s); i++) {
        if (!elf_string_is(f, names.offset + s.name, name))
            continue;
        if (s.type == SECTION_NOBITS || (s.flags & SECTION_COMPRESSED) || s.offset > f.size ||
            s.size > f.size - s.offset)
            break;
        return (struct file){f.bytes + s.offset, s.size};
    }
    return (struct file){0};
}

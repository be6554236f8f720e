// SPDX-License-Identifier: MIT
// elf.h - ELF64 files in memory: header, sections, and pieces of them, each checked before use.
#pragma once

#include "board/loader.h"

enum { ELF_EXEC = 2, ELF_DYN = 3 };
enum { SECTION_SYMTAB = 2, SECTION_NOBITS = 8 };

#define SECTION_EXECUTED   0x4
#define SECTION_COMPRESSED 0x800

struct elf_header {
    uint8 ident[16];
    uint16 type, machine;
    uint32 version;
    uint64 entry, phoff, shoff;
    uint32 flags;
    uint16 ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct section_header {
    uint32 name, type;
    uint64 flags, addr, offset, size;
    uint32 link, info;
    uint64 addralign, entsize;
};

struct elf_symbol {
    uint32 name;
    uint8 info, other;
    uint16 section;
    uint64 value, size;
};

enum { SEGMENT_LOAD = 1 };

struct elf_segment {
    uint32 type, flags;
    uint64 offset, vaddr, paddr, filesz, memsz, align;
};

// Copies `n` bytes at `offset` out of the file. Returns false when the file ends before.
bool elf_peek(struct file f, uint64 offset, void *to, uint64 n);
// Returns whether the file begins as an ELF file does.
bool elf_magic(struct file f);
// Reads and checks the header of a program. On an error *value is the wrong value.
enum load_error elf_read_header(struct file f, struct elf_header *h, uint64 *value);
// Reads the header of segment `i`. Returns false when the file ends before.
bool elf_segment(struct file f, const struct elf_header *h, uint32 i, struct elf_segment *s);
// Reads the header of section `i`. Returns false when the file has none.
bool elf_section(struct file f, const struct elf_header *h, uint32 i, struct section_header *s);
// The first table of symbols and its strings. Returns false when the file has none.
bool elf_symtab(struct file f, const struct elf_header *h, struct section_header *table,
                struct section_header *strings);
// The bytes of the section with that name; size 0: there is none that can be read.
struct file elf_named(struct file f, const struct elf_header *h, const char *name);
// The string at `offset` of the file; NULL: it does not end within the file.
const char *elf_string(struct file f, uint64 offset);
// Returns whether the string at `offset` of the file is `name`.
bool elf_string_is(struct file f, uint64 offset, const char *name);

// SPDX-License-Identifier: MIT
// elf.h - executable files: checks every number that exec would otherwise have to trust.
//
// The caller reads the bytes; nothing here follows a pointer or an offset of the file. Order of
// use: elf_check_header(), then for each of phnum entries at phoff elf_check_phdr() and elf_add().
#pragma once

#include "lib/types.h"

#define ELF_HEADER_SIZE  64
#define ELF_PHDR_SIZE    56
#define ELF_MAX_PHDRS    128
#define ELF_MAX_SEGMENTS 16

struct elf_header {
    uint64 entry;
    uint64 phoff;
    uint32 phnum;
};

enum elf_kind { ELF_OTHER, ELF_LOAD, ELF_STACK };

struct elf_segment {
    enum elf_kind kind;
    uint32 prot;      // PROT_*
    uint64 va, memsz; // in memory; memsz >= filesz, the rest is zero. ELF_STACK: memsz is its size
    uint64 off, filesz; // in the file
};

// A program to load: segments in ascending order that share no page, stack size (0: not given).
struct elf_program {
    uint64 entry;
    uint64 stack;
    uint64 end; // of the last segment's memory
    uint32 count;
    struct elf_segment segment[ELF_MAX_SEGMENTS];
};

int elf_check_header(const void *bytes, size_t n, uint64 file_size,
                     struct elf_header *h) must_check;
int elf_check_phdr(const void *bytes, size_t n, uint64 file_size, uint64 limit,
                   struct elf_segment *s) must_check;
int elf_add(struct elf_program *p, const struct elf_segment *s) must_check;
bool elf_mappable(const struct elf_segment *s); // whether file and memory pages coincide

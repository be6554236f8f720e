// SPDX-License-Identifier: MIT
// places.c - the functions that an ELF file names, by physical address, for counting.
//
// Theory    A function is a symbol of that type, or a global one without a type in executable
//           code, as assembly has. It reaches to the next one or to the end of its section.
//           The loader has checked the headers (board/loader.c), but not the symbols.
// Manual    System V ABI, chapters 4 and 5
#include "host/places.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    struct file f;
    Elf64_Ehdr head;
    uint64 bias; // what the loader added to addresses
};

static bool
peek(struct file f, uint64 offset, void *to, uint64 n)
{
    if (offset > f.size || n > f.size - offset)
        return false;
    memcpy(to, f.bytes + offset, n);
    return true;
}

static bool
read_segment(const struct reading *r, unsigned i, Elf64_Phdr *p)
{
    return i < r->head.e_phnum && peek(r->f, r->head.e_phoff + i * sizeof(*p), p, sizeof(*p));
}

static bool
read_section(const struct reading *r, unsigned i, Elf64_Shdr *s)
{
    return i < r->head.e_shnum && peek(r->f, r->head.e_shoff + i * sizeof(*s), s, sizeof(*s));
}

// A position-independent file was moved so that its lowest segment is at `base`.
static uint64
find_bias(const struct reading *r, uint64 base)
{
    Elf64_Phdr p;
    uint64 lowest = ~0ULL;
    for (unsigned i = 0; read_segment(r, i, &p); i++) {
        if (p.p_type == PT_LOAD && p.p_memsz > 0 && p.p_paddr < lowest)
            lowest = p.p_paddr;
    }
    return r->head.e_type == ET_DYN ? base - lowest : 0;
}

// The physical address of a virtual one, or ~0.
static uint64
to_physical(const struct reading *r, uint64 va)
{
    Elf64_Phdr p;
    for (unsigned i = 0; read_segment(r, i, &p); i++) {
        if (p.p_type == PT_LOAD && va - p.p_vaddr < p.p_memsz)
            return va - p.p_vaddr + p.p_paddr + r->bias;
    }
    return ~0ULL;
}

// The name at an offset of the table of strings, or NULL when it does not end in the file.
static const char *
name_at(const struct reading *r, const Elf64_Shdr *strings, uint64 offset)
{
    uint64 at = strings->sh_offset + offset;
    if (at >= r->f.size || !memchr(r->f.bytes + at, '\0', r->f.size - at))
        return NULL;
    return (const char *)r->f.bytes + at;
}

static bool
is_function(const Elf64_Sym *s, const Elf64_Shdr *section)
{
    unsigned type = ELF64_ST_TYPE(s->st_info);
    if (!(section->sh_flags & SHF_EXECINSTR))
        return false;
    return type == STT_FUNC || (type == STT_NOTYPE && ELF64_ST_BIND(s->st_info) == STB_GLOBAL);
}

// Adds the functions of a table of symbols. There is room for all its entries.
static void
add_functions(struct places *to, const struct reading *r, const Elf64_Shdr *table,
              const Elf64_Shdr *strings)
{
    Elf64_Sym s;
    Elf64_Shdr in;
    for (uint64 at = 0; at + sizeof(s) <= table->sh_size; at += sizeof(s)) {
        if (!peek(r->f, table->sh_offset + at, &s, sizeof(s)))
            return;
        if (!read_section(r, s.st_shndx, &in) || !is_function(&s, &in))
            continue;
        uint64 start = to_physical(r, s.st_value);
        const char *name = name_at(r, strings, s.st_name);
        uint64 left = in.sh_addr + in.sh_size - s.st_value;
        if (start != ~0ULL && name && s.st_value - in.sh_addr < in.sh_size)
            to->function[to->functions++] = (struct place){{start, start + left}, name};
    }
}

static int
by_address(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->at.start != y->at.start)
        return x->at.start < y->at.start ? -1 : 1;
    return strcmp(x->name, y->name);
}

// Sorts the functions, ends each where the next one begins, and keeps one name of several.
static void
order(struct places *s)
{
    uint32 n = 0;
    qsort(s->function, s->functions, sizeof(s->function[0]), by_address);
    for (uint32 i = 0; i < s->functions; i++) {
        struct place *f = &s->function[i], *last = n > 0 ? &s->function[n - 1] : NULL;
        if (last && last->at.start == f->at.start)
            continue;
        if (last && last->at.end > f->at.start)
            last->at.end = f->at.start;
        s->function[n++] = *f;
    }
    s->functions = n;
}

bool
places_read(struct places *s, struct file f, uint64 base)
{
    struct reading r = {.f = f};
    Elf64_Shdr table, strings;
    *s = (struct places){0};
    if (!peek(f, 0, &r.head, sizeof(r.head)) || memcmp(r.head.e_ident, ELFMAG, SELFMAG) != 0 ||
        r.head.e_shentsize != sizeof(table))
        return true;
    r.bias = find_bias(&r, base);
    unsigned i = 0;
    while (read_section(&r, i, &table) && table.sh_type != SHT_SYMTAB)
        i++;
    if (!read_section(&r, i, &table) || !read_section(&r, table.sh_link, &strings))
        return true;
    uint64 room = table.sh_size < f.size ? table.sh_size / sizeof(Elf64_Sym) : 0;
    s->function = calloc(room + 1, sizeof(s->function[0]));
    if (!s->function)
        return false;
    add_functions(s, &r, &table, &strings);
    order(s);
    return true;
}

// SPDX-License-Identifier: MIT
// usersym.c - finds names of functions in a program's file.
//
// Theory    The symbol table is not loaded with the program; it is read from the file through the
//           page cache, a page at a time, and searched once from start to end for all addresses.
// Promises  A malformed file costs time at most: the pager checks every offset, and the number of
//           symbols that are read is limited.
// Locks     those of the pager; none held on entry. Sleeps if asked to read.
#include "explain/usersym.h"

#include "lib/string.h"
#include "mm/aspace/pager.h"
#include "mm/frame/frame.h"

#define MAX_SECTIONS 64
#define MAX_SYMBOLS  8192
#define SHT_SYMTAB   2
#define STT_NOTYPE   0
#define STT_FUNC     2

struct elf_start {
    char magic[4];
    char skip[36];
    uint64 shoff;
    char skip2[10];
    uint16 shentsize, shnum, shstrndx;
};

struct elf_section {
    uint32 name, type;
    uint64 flags, addr, offset, size;
    uint32 link, info;
    uint64 align, entsize;
};

struct elf_symbol {
    uint32 name;
    uint8 info, other;
    uint16 section;
    uint64 value, size;
};

_Static_assert(sizeof(struct elf_start) == 64 && sizeof(struct elf_section) == 64 &&
                   sizeof(struct elf_symbol) == 24,
               "the layouts of ELF64");

struct reader {
    struct pager *file;
    enum usersym_how how;
    struct frame *page; // a reference; NULL: none yet
    uint64 index;       // of the page
};

static bool
turn_to(struct reader *r, uint64 index)
{
    if (r->page != NULL && r->index == index)
        return true;
    if (r->page != NULL)
        frame_put(r->page);
    r->page = NULL;
    r->index = index;
    if (r->how == USERSYM_PEEK)
        r->page = r->file->ops->peek(r->file, index);
    else if (r->file->ops->get(r->file, index, &r->page) < 0)
        r->page = NULL;
    return r->page != NULL;
}

// Reads n bytes at `off`; false: they cannot be read.
static bool
read_at(struct reader *r, uint64 off, void *dst, size_t n)
{
    for (char *to = dst; n > 0;) {
        size_t at = off % PGSIZE, part = n < PGSIZE - at ? n : PGSIZE - at;
        if (!turn_to(r, off >> PGSHIFT))
            return false;
        memcpy(to, (const char *)r->page->mem + at, part);
        to += part;
        off += part;
        n -= part;
    }
    return true;
}

// Finds the symbol table and the strings that belong to it.
static bool
find_tables(struct reader *r, struct elf_section *symbols, struct elf_section *strings)
{
    struct elf_start h;
    if (!read_at(r, 0, &h, sizeof h) || memcmp(h.magic, "\177ELF", 4) != 0 ||
        h.shentsize != sizeof *symbols)
        return false;
    for (uint32 i = 0; i < h.shnum && i < MAX_SECTIONS; i++) {
        if (!read_at(r, h.shoff + i * sizeof *symbols, symbols, sizeof *symbols))
            return false;
        if (symbols->type == SHT_SYMTAB)
            return read_at(r, h.shoff + symbols->link * sizeof *strings, strings, sizeof *strings);
    }
    return false;
}

static void
read_name(struct reader *r, uint64 off, struct usersym *sym)
{
    sym->name[0] = '\0';
    for (size_t i = 0; i < sizeof sym->name - 1; i++) {
        char c;
        if (!read_at(r, off + i, &c, 1))
            break;
        sym->name[i] = c >= ' ' && c <= '~' ? c : '\0';
        sym->name[i + 1] = '\0';
        if (sym->name[i] == '\0')
            break;
    }
}

// Returns whether a symbol is a function, or a label of assembly that could be one. Labels that the
// tools make begin with other characters.
static bool
is_function(struct reader *r, const struct elf_symbol *s, uint64 strings)
{
    char first;
    if (s->section == 0 || ((s->info & 15) != STT_FUNC && (s->info & 15) != STT_NOTYPE))
        return false;
    if ((s->info & 15) == STT_FUNC)
        return true;
    return read_at(r, strings + s->name, &first, 1) && first != '$' && first != '.';
}

// The addresses to be found, and the best symbol so far for each.
struct quest {
    const uint64 *pc;
    struct usersym *sym;
    uint64 name[USERSYM_MAX]; // where the names are in the file
    int n;
};

// Offers one symbol to every address.
static void
offer(struct reader *r, const struct elf_symbol *s, uint64 strings, struct quest *q)
{
    for (int i = 0; i < q->n; i++) {
        uint64 distance = q->pc[i] - s->value;
        if (s->value > q->pc[i] || distance >= q->sym[i].offset || !is_function(r, s, strings))
            continue;
        q->sym[i].offset = distance;
        q->name[i] = strings + s->name;
    }
}

static void
search_symbols(struct reader *r, struct quest *q)
{
    struct elf_section symbols, strings;
    struct elf_symbol s;
    if (!find_tables(r, &symbols, &strings))
        return;
    uint64 count = symbols.size / sizeof s;
    for (uint64 i = 0; i < count && i < MAX_SYMBOLS; i++) {
        if (!read_at(r, symbols.offset + i * sizeof s, &s, sizeof s))
            return;
        offer(r, &s, strings.offset, q);
    }
}

// Names the functions around the n addresses pc[], n <= USERSYM_MAX. A name that cannot be found is
// "".
// Locks     takes the pager's.
// Sleeps    for the disk, if `how` is USERSYM_READ.
void
usersym_find(struct pager *file, enum usersym_how how, const uint64 *pc, int n, struct usersym *sym)
{
    struct reader r = {.file = file, .how = how};
    struct quest q = {.pc = pc, .sym = sym, .n = n < USERSYM_MAX ? n : USERSYM_MAX};
    for (int i = 0; i < n; i++)
        sym[i] = (struct usersym){.offset = ~0UL};
    search_symbols(&r, &q);
    for (int i = 0; i < q.n; i++)
        if (q.name[i] != 0)
            read_name(&r, q.name[i], &sym[i]);
    if (r.page != NULL)
        frame_put(r.page);
}

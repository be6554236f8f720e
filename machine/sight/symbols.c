// SPDX-License-Identifier: MIT
// symbols.c - names of functions, from the table of symbols of an ELF file.
//
// Theory    C functions have a type and a size. Functions of assembly often have neither: any other
//           name in an executable section counts as one, up to the next name or the section's end.
// Promises  any-bytes: a file may be truncated or hostile; the worst is that a name is not known.
// Manual    System V ABI, chapter 4, "Symbol Table"
#include "sight/symbols.h"

#include "board/elf.h"
#include "board/ram.h"

enum { TYPE_NONE = 0, TYPE_OBJECT = 1, TYPE_FUNCTION = 2 };
enum { BIND_LOCAL = 0 };

// Finds the tables of a file. Returns how many symbols there are.
static uint32
open_tables(struct file f, struct elf_header *h, struct section_header *table,
            struct section_header *strings)
{
    uint64 value;
    if (elf_read_header(f, h, &value) != LOAD_OK || h->type != ELF_EXEC ||
        !elf_symtab(f, h, table, strings))
        return 0;
    uint64 bytes = f.size - table->offset;
    bytes = table->size < bytes ? table->size : bytes;
    bytes /= sizeof(struct elf_symbol);
    return bytes < 0xffffffff ? (uint32)bytes : 0xffffffff;
}

uint32
symbols_count(struct file f)
{
    struct elf_header h;
    struct section_header table, strings;
    return open_tables(f, &h, &table, &strings);
}

// Returns whether the name is from the source; assemblers and linkers make names, too.
static bool
named(struct file f, uint64 name)
{
    return name < f.size && f.bytes[name] != '\0' && f.bytes[name] != '$' && f.bytes[name] != '.';
}

// Makes a function of a symbol. Returns false if the symbol is no function. In xv6 the trampoline
// page has a name of its own, beside that of its first function.
static bool
read_function(struct file f, const struct elf_header *h, const struct elf_symbol *s,
              struct function *out)
{
    struct section_header in;
    uint32 type = s->info & 15, bind = s->info >> 4;
    if ((type != TYPE_FUNCTION && type != TYPE_NONE) || !elf_section(f, h, s->section, &in) ||
        !(in.flags & SECTION_EXECUTED) || s->value - in.addr >= in.size)
        return false;
    uint64 room = in.size - (s->value - in.addr);
    out->start = s->value;
    out->end = s->value + (s->size != 0 && s->size < room ? s->size : room);
    out->rank = (elf_string_is(f, out->name, "trampoline") ? 8 : 0) + (type == TYPE_NONE ? 4 : 0) +
                (s->size == 0 ? 2 : 0) + (bind == BIND_LOCAL ? 1 : 0);
    return true;
}

static bool
sized(const struct function *f)
{
    return !(f->rank & 2);
}

static bool
before(const struct function *a, const struct function *b)
{
    if (a->start != b->start)
        return a->start < b->start;
    return a->rank != b->rank ? a->rank < b->rank : a->number < b->number;
}

static void
swap(struct function *a, struct function *b)
{
    struct function t = *a;
    *a = *b;
    *b = t;
}

// Lets the function at `i` sink to its place in the heap of `count` functions.
static void
sink(struct function *heap, uint32 i, uint32 count)
{
    for (uint64 child; (child = 2ULL * i + 1) < count; i = (uint32)child) {
        if (child + 1 < count && before(&heap[child], &heap[child + 1]))
            child++;
        if (!before(&heap[i], &heap[child]))
            return;
        swap(&heap[i], &heap[child]);
    }
}

static void
sort(struct function *f, uint32 count)
{
    for (uint32 i = count / 2; i-- > 0;)
        sink(f, i, count);
    for (uint32 last = count; last-- > 1;) {
        swap(&f[0], &f[last]);
        sink(f, 0, last);
    }
}

// Keeps one name for each address. A function without a size ends where the next begins; a name
// without a size inside a function that has one is a label, and is dropped. Returns how many are
// left.
static uint32
tidy(struct function *f, uint32 count)
{
    uint32 kept = 0;
    uint64 reach = 0; // the end of the functions with a size so far
    for (uint32 i = 0; i < count; i++) {
        if ((kept > 0 && f[kept - 1].start == f[i].start) || (!sized(&f[i]) && f[i].start < reach))
            continue;
        if (kept > 0 && !sized(&f[kept - 1]) && f[kept - 1].end > f[i].start)
            f[kept - 1].end = f[i].start;
        if (sized(&f[i]) && f[i].end > reach)
            reach = f[i].end;
        f[kept++] = f[i];
    }
    return kept;
}

static void
read_segments(struct symbols *s, const struct elf_header *h)
{
    struct elf_segment p;
    for (uint32 i = 0; s->segments < SYMBOL_SEGMENTS && elf_segment(s->file, h, i, &p); i++) {
        if (p.type != SEGMENT_LOAD || p.memsz == 0)
            continue;
        s->segment[s->segments].va = p.vaddr;
        s->segment[s->segments].pa = p.paddr;
        s->segment[s->segments++].bytes = p.memsz;
    }
}

void
symbols_read(struct symbols *s, struct file f, struct function *room, uint32 max)
{
    struct elf_header h;
    struct section_header table, strings;
    struct elf_symbol symbol;
    uint32 count = open_tables(f, &h, &table, &strings);
    *s = (struct symbols){.file = f, .function = room};
    if (count > 0)
        read_segments(s, &h);
    for (uint32 i = 0; i < count && s->count < max; i++) {
        struct function *next = &room[s->count];
        if (!elf_peek(f, table.offset + (uint64)i * sizeof(symbol), &symbol, sizeof(symbol)))
            break;
        next->number = i;
        next->name = strings.offset + symbol.name;
        if (named(f, next->name) && read_function(f, &h, &symbol, next))
            s->count++;
    }
    sort(room, s->count);
    s->count = tidy(room, s->count);
}

const char *
symbols_find(const struct symbols *s, uint64 pc, uint64 *offset)
{
    uint32 low = 0, high = s->count; // the last function that starts at pc or before is below high
    while (low < high) {
        uint32 middle = low + (high - low) / 2;
        if (s->function[middle].start <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || pc >= s->function[low - 1].end)
        return NULL;
    *offset = pc - s->function[low - 1].start;
    return elf_string(s->file, s->function[low - 1].name);
}

bool
symbols_address(const struct symbols *s, const char *name, uint64 *address)
{
    for (uint32 i = 0; i < s->count; i++) {
        *address = s->function[i].start;
        if (elf_string_is(s->file, s->function[i].name, name))
            return true;
    }
    return false;
}

bool
symbols_physical(const struct symbols *s, uint64 va, uint64 *pa)
{
    for (uint32 i = 0; i < s->segments; i++) {
        *pa = s->segment[i].pa + (va - s->segment[i].va);
        if (va - s->segment[i].va < s->segment[i].bytes)
            return true;
    }
    return false;
}

bool
symbols_any(const struct symbols *s, const char *name, uint64 *address)
{
    struct elf_header h;
    struct section_header table, strings;
    struct elf_symbol symbol;
    uint32 count = open_tables(s->file, &h, &table, &strings);
    for (uint32 i = 1; i < count; i++) {
        if (!elf_peek(s->file, table.offset + (uint64)i * sizeof(symbol), &symbol, sizeof(symbol)))
            return false;
        *address = symbol.value;
        if (symbol.section != 0 && elf_string_is(s->file, strings.offset + symbol.name, name))
            return true;
    }
    return false;
}

bool
symbols_variable(const struct symbols *s, uint32 i, struct symbol_variable *out)
{
    struct elf_header h;
    struct section_header table, strings;
    struct elf_symbol symbol;
    *out = (struct symbol_variable){.bytes = 0};
    if (i >= open_tables(s->file, &h, &table, &strings) ||
        !elf_peek(s->file, table.offset + (uint64)i * sizeof(symbol), &symbol, sizeof(symbol)))
        return false;
    const char *name = elf_string(s->file, strings.offset + symbol.name);
    if ((symbol.info & 15) == TYPE_OBJECT && symbol.section != 0 && name != NULL)
        *out = (struct symbol_variable){symbol.value, symbol.size, name};
    return true;
}

#define TRAMPOLINE_AT 0x3ffffff000ULL // in Sv39

uint64
symbols_linked(const struct symbols *s, uint64 pc)
{
    uint64 start;
    if (pc - TRAMPOLINE_AT < PAGE_BYTES &&
        (symbols_any(s, "trampoline", &start) || symbols_any(s, "_trampoline", &start)))
        return start + (pc - TRAMPOLINE_AT);
    return pc;
}

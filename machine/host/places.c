// SPDX-License-Identifier: MIT
// places.c - the functions that an ELF file names, by physical address, for counting.
//
// Next      sight/symbols.h
#include "host/places.h"

#include <stdlib.h>

#include "board/elf.h"
#include "sight/symbols.h"

static int
by_address(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->at.start == y->at.start)
        return 0;
    return x->at.start < y->at.start ? -1 : 1;
}

// Adds a function, where the loader puts it.
static void
add(struct places *s, const struct symbols *from, const struct function *f)
{
    uint64 pa;
    const char *name = elf_string(from->file, f->name);
    if (name && symbols_physical(from, f->start, &pa))
        s->function[s->functions++] = (struct place){{pa, pa + (f->end - f->start)}, name};
}

// Ends each function where the next one begins.
static void
part(struct places *s)
{
    for (uint32 i = 0; i + 1 < s->functions; i++) {
        struct place *f = &s->function[i];
        if (f->at.end > f[1].at.start)
            f->at.end = f[1].at.start;
    }
}

bool
places_read(struct places *s, struct file f)
{
    struct symbols symbols;
    uint32 room = symbols_count(f);
    struct function *functions = calloc((size_t)room + 1, sizeof(functions[0]));
    *s = (struct places){.function = calloc((size_t)room + 1, sizeof(s->function[0]))};
    if (!functions || !s->function)
        return false;
    symbols_read(&symbols, f, functions, room);
    for (uint32 i = 0; i < symbols.count; i++)
        add(s, &symbols, &symbols.function[i]);
    qsort(s->function, s->functions, sizeof(s->function[0]), by_address);
    part(s);
    free(functions);
    return true;
}

// SPDX-License-Identifier: MIT
// fz_glass_symbols.c - any bytes as a kernel's file: names and lines come from within it, or not at all.
//
// SOURCES: machine/board/elf.c machine/sight/bytes.c machine/sight/lines.c machine/sight/symbols.c
#include <string.h>

#include "sight/lines.h"
#include "sight/symbols.h"

#define ROOM 64

int LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

static void
inside(const uint8 *data, size_t size, const char *s)
{
    const char *start = (const char *)data;
    if (s[0] != '\0' && (s < start || s + strlen(s) >= start + size))
        __builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
    struct file f = {data, size};
    struct function room[ROOM];
    struct symbols s;
    struct lines l;
    struct line_place p;
    uint64 offset;
    symbols_read(&s, f, room, ROOM);
    lines_open(&l, f);
    for (uint64 pc = 0x80000000; pc < 0x80000100; pc += 6) {
        const char *name = symbols_find(&s, pc, &offset);
        if (name != NULL)
            inside(data, size, name);
        if (lines_find(&l, pc, &p)) {
            inside(data, size, p.file);
            inside(data, size, p.directory);
        }
    }
    return 0;
}

// SPDX-License-Identifier: MIT
// glasself.h - a small ELF file with functions and lines, made byte by byte.
#pragma once

#include "test.h"

#define ELF_BYTES 0x900
#define TEXT      0x80000000UL
#define STRTAB    0x200
#define SYMTAB    0x280
#define LINE_STR  0x400
#define LINE      0x440
#define LINE_MAX  0x200
#define SECTIONS  0x680

static uint8 elf[ELF_BYTES];
static unsigned elf_symbols, elf_line; // used so far: symbols, bytes of .debug_line

static void
elf_put(unsigned at, unsigned n, uint64 v)
{
    memcpy(elf + at, &v, n);
}

static void
elf_add_section(unsigned i, unsigned name, unsigned type, uint64 flags, uint64 addr, uint64 offset,
                uint64 size)
{
    unsigned at = SECTIONS + 64 * i;
    elf_put(at, 4, name);
    elf_put(at + 4, 4, type);
    elf_put(at + 8, 8, flags);
    elf_put(at + 16, 8, addr);
    elf_put(at + 24, 8, offset);
    elf_put(at + 32, 8, size);
    elf_put(at + 40, 4, 2); // the strings of symbols
}

static void
elf_add_symbol(unsigned name, unsigned info, unsigned section, uint64 value, uint64 size)
{
    unsigned at = SYMTAB + 24 * elf_symbols++;
    elf_put(at, 4, name);
    elf_put(at + 4, 1, info);
    elf_put(at + 6, 2, section);
    elf_put(at + 8, 8, value);
    elf_put(at + 16, 8, size);
}

static void
elf_add_lines(const void *bytes, unsigned n)
{
    memcpy(elf + LINE + elf_line, bytes, n);
    elf_line += n;
}

// The program of a unit: line 10 at TEXT + 0x10, line 12 at + 0x14, line 500 of file 2 at + 0x20 to
// + 0x24; then a second sequence, line 3 at + 0x40 to + 0x44.
static const uint8 elf_program[] = {
    0,
    9,
    2,
    0x10,
    0,
    0,
    0x80,
    0,
    0,
    0,
    0, // set address
    3,
    9,
    1,                   // line += 9, copy
    13 + 3 + 2 + 4 * 14, // special: address += 4, line += 2
    9,
    12,
    0,
    3,
    0xe8,
    3,
    4,
    2,
    1, // fixed advance 12, line += 488, file 2, copy
    2,
    4,
    0,
    1,
    1, // address += 4, end of sequence
    0,
    9,
    2,
    0x40,
    0,
    0,
    0x80,
    0,
    0,
    0,
    0,
    3,
    2,
    1,
    10,
    11,
    2,
    4,
    0,
    1,
    1,
};

static const uint8 elf_lengths[] = {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1};

// A unit: the header's tables are `names`.
static void
elf_add_unit(unsigned version, const void *names, unsigned size)
{
    static const uint8 before[] = {1, 1}, after[] = {1, (uint8)-3, 14, 13};
    unsigned at = LINE + elf_line, start = version == 5 ? 12 : 10;
    unsigned fixed = (version < 4 ? 1 : 2) + sizeof(after);
    unsigned header = fixed + sizeof(elf_lengths) + size;
    elf_line += start;
    elf_put(at, 4, start - 4 + header + sizeof(elf_program));
    elf_put(at + 4, 2, version);
    elf_put(at + 6, 2, 8);
    elf_put(at + start - 4, 4, header);
    elf_add_lines(before, version < 4 ? 1 : 2);
    elf_add_lines(after, sizeof(after));
    elf_add_lines(elf_lengths, sizeof(elf_lengths));
    elf_add_lines(names, size);
    elf_add_lines(elf_program, sizeof(elf_program));
}

// The unit's tables in the two versions: file 1 is main.c of directory kernel, file 2 is top.h.
static const uint8 elf_names4[] = "kernel\0\0main.c\0\1\0\0top.h\0\0\0\0";
static const uint8 elf_names5[] = {
    1, 1, 0x1f, 2, 1,    0, 0,  0, 7, 0, 0, 0, // directories by .debug_line_str
    2, 1, 0x1f, 2, 0x0b, 3, 14, 0, 0, 0, 1, 14, 0, 0, 0, 1, 21, 0, 0, 0, 0, // files
};

static void
elf_begin(void)
{
    static const char strings[] = "\0alpha\0beta\0$x\0gamma\0label\0.L1\0second\0";
    static const char sections[] = "\0.text\0.debug_line\0.debug_line_str";
    memset(elf, 0, sizeof(elf));
    elf_symbols = elf_line = 0;
    memcpy(elf, "\177ELF\2\1\1", 7);
    elf_put(16, 2, 2);
    elf_put(18, 2, 243);
    elf_put(40, 8, SECTIONS);
    elf_put(54, 2, 56);
    elf_put(58, 2, 64);
    elf_put(60, 2, 7);
    elf_put(62, 2, 6);
    memcpy(elf + STRTAB, strings, sizeof(strings));
    memcpy(elf + 0x180, sections, sizeof(sections));
    memcpy(elf + LINE_STR, "/build\0kernel\0main.c\0top.h", 27);
}

// The file: symbols, and one unit of lines.
static void
elf_make(unsigned version)
{
    elf_begin();
    elf_add_symbol(0, 0, 0, 0, 0);
    elf_add_symbol(15, 0x10, 1, TEXT + 0x80, 0);    // gamma: plain, from + 0x80 to the end
    elf_add_symbol(7, 0x12, 1, TEXT + 0x40, 0x10);  // beta
    elf_add_symbol(1, 0x12, 1, TEXT + 0x10, 0x20);  // alpha
    elf_add_symbol(12, 0, 1, TEXT + 0x10, 0);       // $x
    elf_add_symbol(21, 0, 1, TEXT + 0x18, 0);       // label inside alpha
    elf_add_symbol(27, 0, 1, TEXT + 0x44, 0);       // .L1
    elf_add_symbol(31, 0x02, 1, TEXT + 0x10, 0x20); // second name of alpha
    elf_add_symbol(31, 0x10, 0xfff1, TEXT + 0x60, 0);
    elf_add_symbol(31, 0x11, 1, TEXT + 0x60, 8); // data
    if (version < 5)
        elf_add_unit(version, elf_names4, sizeof(elf_names4));
    else
        elf_add_unit(5, elf_names5, sizeof(elf_names5));
    elf_add_section(1, 1, 1, 6, TEXT, 0, 0x100);
    elf_add_section(2, 0, 3, 0, 0, STRTAB, 40);
    elf_add_section(3, 0, 2, 0, 0, SYMTAB, 24 * elf_symbols);
    elf_add_section(4, 7, 1, 0, 0, LINE, elf_line);
    elf_add_section(5, 19, 1, 0, 0, LINE_STR, 27);
    elf_add_section(6, 0, 3, 0, 0, 0x180, 36);
}

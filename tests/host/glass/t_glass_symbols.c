// SPDX-License-Identifier: MIT
// t_glass_symbols.c - names and lines from a made-up ELF file, and files that lie.
//
// SOURCES: machine/board/elf.c machine/sight/bytes.c machine/sight/lines.c machine/sight/symbols.c
#include "test.h"

#include "glasself.h"
#include "sight/lines.h"
#include "sight/symbols.h"

#define ROOM 16

static struct function room[ROOM];
static struct symbols symbols;
static struct lines lines;

static void
open_file(struct file f)
{
    memset(&symbols, 0, sizeof(symbols));
    symbols_read(&symbols, f, room, ROOM);
    lines_open(&lines, f);
}

// `pc` lies in the function with that name; NULL: in none.
static void
expect_name(uint64 pc, const char *name, uint64 offset)
{
    uint64 found = ~0UL;
    const char *its = symbols_find(&symbols, pc, &found);
    CHECK_EQ(its == NULL, name == NULL);
    if (name == NULL)
        return;
    CHECK_STR(its, name);
    CHECK_EQ(found, offset);
}

static void
test_names(void)
{
    uint64 at;
    elf_make(5);
    open_file((struct file){elf, sizeof(elf)});
    CHECK_EQ(symbols_count(symbols.file), 10);
    CHECK_EQ(symbols.count, 3);
    expect_name(0, NULL, 0);
    expect_name(TEXT + 0xf, NULL, 0);
    expect_name(TEXT + 0x10, "alpha", 0);
    expect_name(TEXT + 0x1c, "alpha", 0xc);
    expect_name(TEXT + 0x2f, "alpha", 0x1f);
    expect_name(TEXT + 0x30, NULL, 0);
    expect_name(TEXT + 0x44, "beta", 4);
    expect_name(TEXT + 0x60, NULL, 0);
    expect_name(TEXT + 0x80, "gamma", 0);
    expect_name(TEXT + 0xff, "gamma", 0x7f);
    expect_name(TEXT + 0x100, NULL, 0);
    expect_name(~0UL, NULL, 0);
    CHECK(symbols_address(&symbols, "beta", &at) && at == TEXT + 0x40);
    CHECK(!symbols_address(&symbols, "bet", &at));
}

// A name without a size ends where the next begins.
static void
test_plain_names(void)
{
    elf_begin();
    elf_add_symbol(1, 0x10, 1, TEXT, 0);
    elf_add_symbol(7, 0x12, 1, TEXT + 8, 8);
    elf_add_symbol(15, 0x10, 1, TEXT + 0x10, 0);
    elf_add_symbol(21, 0, 1, TEXT + 0x18, 0);
    elf_add_section(1, 1, 1, 6, TEXT, 0, 0x20);
    elf_add_section(2, 0, 3, 0, 0, STRTAB, 40);
    elf_add_section(3, 0, 2, 0, 0, SYMTAB, 24 * elf_symbols);
    open_file((struct file){elf, sizeof(elf)});
    expect_name(TEXT + 7, "alpha", 7);
    expect_name(TEXT + 8, "beta", 0);
    expect_name(TEXT + 0x17, "gamma", 7);
    expect_name(TEXT + 0x1f, "label", 7);
    expect_name(TEXT + 0x20, NULL, 0);
}

// Many functions in any order are found.
static void
test_sorting(void)
{
    for (unsigned rounds = 0; rounds < 200; rounds++) {
        unsigned order[10], n = 1 + (unsigned)rnd_below(10);
        elf_begin();
        for (unsigned i = 0; i < n; i++) {
            unsigned other = (unsigned)rnd_below(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        for (unsigned i = 0; i < n; i++)
            elf_add_symbol(order[i] % 2 ? 1 : 7, 0x12, 1, TEXT + 16 * order[i], 12);
        elf_add_section(1, 1, 1, 6, TEXT, 0, 0x100);
        elf_add_section(2, 0, 3, 0, 0, STRTAB, 40);
        elf_add_section(3, 0, 2, 0, 0, SYMTAB, 24 * n);
        open_file((struct file){elf, sizeof(elf)});
        CHECK_EQ(symbols.count, n);
        for (unsigned i = 0; i < n; i++) {
            expect_name(TEXT + 16 * i + 11, i % 2 ? "alpha" : "beta", 11);
            expect_name(TEXT + 16 * i + 12, NULL, 0);
        }
    }
}

static void
expect_line(uint64 pc, const char *directory, const char *file, uint64 line)
{
    struct line_place p;
    bool found = lines_find(&lines, pc, &p);
    CHECK_EQ(found, line != 0);
    if (line == 0)
        return;
    CHECK_STR(p.directory, directory);
    CHECK_STR(p.file, file);
    CHECK_EQ(p.line, line);
}

static void
test_lines(unsigned version)
{
    elf_make(version);
    open_file((struct file){elf, sizeof(elf)});
    expect_line(TEXT + 0xf, "", "", 0);
    expect_line(TEXT + 0x10, "kernel", "main.c", 10);
    expect_line(TEXT + 0x13, "kernel", "main.c", 10);
    expect_line(TEXT + 0x14, "kernel", "main.c", 12);
    expect_line(TEXT + 0x1f, "kernel", "main.c", 12);
    expect_line(TEXT + 0x20, "", "top.h", 500);
    expect_line(TEXT + 0x24, "", "", 0);
    expect_line(TEXT + 0x41, "kernel", "main.c", 3);
    expect_line(TEXT + 0x44, "", "", 0);
}

// A unit of another version is skipped, and the next one answers.
static void
test_other_version(void)
{
    elf_make(4);
    elf_put(LINE + 4, 2, 6);
    elf_add_unit(5, elf_names5, sizeof(elf_names5));
    elf_add_section(4, 7, 1, 0, 0, LINE, elf_line);
    open_file((struct file){elf, sizeof(elf)});
    expect_line(TEXT + 0x14, "kernel", "main.c", 12);
}

// Asks for names and lines of a file that may be damaged. Names that are found are read to their
// end.
static void
ask(const uint8 *bytes, unsigned size)
{
    uint8 *exact = malloc(size + 1);
    memcpy(exact + 1, bytes, size); // a file may be anywhere; the bytes behind it are guarded
    open_file((struct file){exact + 1, size});
    for (uint64 pc = TEXT; pc < TEXT + 0x100; pc += 6) {
        struct line_place p;
        uint64 offset;
        const char *name = symbols_find(&symbols, pc, &offset);
        CHECK(name == NULL || (strlen(name) < size && offset <= pc));
        CHECK(!lines_find(&lines, pc, &p) || strlen(p.file) + strlen(p.directory) < 2 * size);
    }
    free(exact);
}

static void
test_damaged(unsigned version)
{
    static const uint8 values[] = {0, 1, 0x7f, 0x80, 0xff};
    elf_make(version);
    for (unsigned size = 0; size < sizeof(elf); size += 1 + size / 256)
        ask(elf, size);
    for (unsigned at = 0; at < sizeof(elf); at++) {
        uint8 was = elf[at];
        for (unsigned i = 0; i < NELEM(values); i++) {
            elf[at] = values[i];
            if (elf[at] != was)
                ask(elf, sizeof(elf));
        }
        elf[at] = was;
    }
}

int
main(void)
{
    test_names();
    test_plain_names();
    test_sorting();
    test_lines(2);
    test_lines(3);
    test_lines(4);
    test_lines(5);
    test_other_version();
    test_damaged(3);
    test_damaged(4);
    test_damaged(5);
    return test_done();
}

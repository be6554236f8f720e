// SPDX-License-Identifier: MIT
// t_usersym.c - names from a made-up ELF file behind a made-up pager, and files that lie.
//
// SOURCES: kernel/explain/usersym.c tests/host/shim/host.c
#include "test.h"

#include "explain/usersym.h"
#include "mm/aspace/pager.h"
#include "mm/frame/frame.h"

#define FILE_PAGES 3
#define SECTIONS   0x100
#define SYMBOLS    0xff0 // the second symbol straddles two pages
#define STRINGS    0x1800

static char file[FILE_PAGES * PGSIZE];
static struct frame pages[FILE_PAGES];
static int references;

bool
frame_dropped(struct frame *f, int32 refs)
{
    (void)f, (void)refs;
    return --references > 0;
}

static struct frame *
peek(struct pager *p, uint64 index)
{
    (void)p;
    if (index >= FILE_PAGES)
        return NULL;
    references++;
    pages[index].mem = file + index * PGSIZE;
    return &pages[index];
}

static int
get(struct pager *p, uint64 index, struct frame **out)
{
    *out = peek(p, index);
    return *out ? 0 : -1;
}

static const struct pager_ops ops = {.get = get, .peek = peek};
static struct pager pager = {&ops};

static void
put(uint64 at, uint64 value, size_t size)
{
    memcpy(file + at, &value, size);
}

static void
section(int i, uint32 type, uint64 offset, uint64 size, uint32 link)
{
    uint64 at = SECTIONS + (uint64)i * 64;
    put(at + 4, type, 4);
    put(at + 24, offset, 8);
    put(at + 32, size, 8);
    put(at + 40, link, 4);
}

static uint32 next_name;

static void
symbol(int i, const char *name, uint8 info, uint64 value)
{
    uint64 at = SYMBOLS + (uint64)i * 24;
    strcpy(file + STRINGS + next_name, name);
    put(at, next_name, 4);
    put(at + 4, info, 1);
    put(at + 6, 1, 2);
    put(at + 8, value, 8);
    next_name += (uint32)strlen(name) + 1;
}

static void
make_file(void)
{
    memset(file, 0, sizeof file);
    memcpy(file, "\177ELF", 4);
    put(40, SECTIONS, 8);
    put(58, 64, 2);
    put(60, 3, 2);
    section(1, 2, SYMBOLS, 6 * 24, 2);
    section(2, 3, STRINGS, 0x200, 0);
    next_name = 1;
    symbol(1, "main", 2, 0x100);
    symbol(2, "helper", 2, 0x140);
    symbol(3, "$x", 0, 0x150);
    symbol(4, "table", 1, 0x150);
    symbol(5, "a_name_that_is_longer_than_there_is_room_for", 0, 0x200);
}

static void
expect(uint64 pc, const char *name, uint64 offset)
{
    struct usersym sym;
    for (enum usersym_how how = USERSYM_READ; how <= USERSYM_PEEK; how++) {
        usersym_find(&pager, how, &pc, 1, &sym);
        CHECK_STR(sym.name, name);
        if (name[0])
            CHECK_EQ(sym.offset, offset);
        CHECK_EQ(references, 0);
    }
}

static void
test_names(void)
{
    uint64 pcs[3] = {0x200, 0x13f, 0x99};
    struct usersym sym[3];
    make_file();
    expect(0x100, "main", 0);
    expect(0x13f, "main", 0x3f);
    expect(0x160, "helper", 0x20);
    expect(0xff, "", 0);
    expect(0x204, "a_name_that_is_longer_than_ther", 4);
    usersym_find(&pager, USERSYM_READ, pcs, 3, sym);
    CHECK_STR(sym[0].name, "a_name_that_is_longer_than_ther");
    CHECK_STR(sym[1].name, "main");
    CHECK_STR(sym[2].name, "");
}

// For any contents of the file, reading ends and releases its pages.
static void
test_lies(void)
{
    make_file();
    put(0, 0, 4);
    expect(0x100, "", 0);
    make_file();
    put(40, ~0UL - 63, 8); // sections at the end of the world
    expect(0x100, "", 0);
    make_file();
    section(1, 2, SYMBOLS, ~0UL, 2); // symbols without end
    expect(0x160, "helper", 0x20);
    make_file();
    section(1, 2, SYMBOLS, 6 * 24, 0xffffffff); // strings nowhere
    expect(0x100, "", 0);
    make_file();
    put(SYMBOLS + 24, 0xffffff00, 4); // a name nowhere
    expect(0x100, "", 0);
    for (int i = 0; i < 20000; i++) {
        make_file();
        for (int n = 0; n < 4; n++)
            file[rnd_below(i % 2 ? 0x200 : sizeof file)] = (char)rnd();
        struct usersym sym[2];
        uint64 pcs[2] = {0x120, rnd()};
        usersym_find(&pager, USERSYM_PEEK, pcs, 2, sym);
        CHECK_EQ(references, 0);
    }
}

int
main(void)
{
    test_names();
    test_lies();
    return test_done();
}

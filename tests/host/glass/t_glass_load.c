// SPDX-License-Identifier: MIT
// t_glass_load.c - the glass machine's loader: files that it loads, and files that it refuses.
//
// SOURCES: machine/board/*.c
#include "glassboard.h"

#include "board/boot.h"
#include "board/fdt.h"
#include "board/loader.h"

#define PHDR     64
#define DATA     0x200
#define NAMES    0x300
#define SYMBOLS  0x340
#define SECTIONS 0x400

static uint8 bytes[0x600];
static struct file file = {bytes, sizeof(bytes)};
static struct loaded l;
static uint64 value;

static void
put_at(unsigned at, unsigned n, uint64 v)
{
    memcpy(bytes + at, &v, n);
}

static void
put_segment(unsigned i, uint64 vaddr, uint64 paddr, uint64 filesz, uint64 memsz)
{
    unsigned at = PHDR + 56 * i;
    put_at(at, 4, 1);
    put_at(at + 8, 8, DATA);
    put_at(at + 16, 8, vaddr);
    put_at(at + 24, 8, paddr);
    put_at(at + 32, 8, filesz);
    put_at(at + 40, 8, memsz);
}

// A program of two segments and two symbols.
static void
make_elf(void)
{
    memset(bytes, 0, sizeof(bytes));
    memcpy(bytes, "\177ELF\2\1\1", 7);
    put_at(16, 2, 2);   // executable
    put_at(18, 2, 243); // RISC-V
    put_at(24, 8, RAM_BASE + 4);
    put_at(32, 8, PHDR);
    put_at(40, 8, SECTIONS);
    put_at(54, 2, 56);
    put_at(56, 2, 2);
    put_at(58, 2, 64);
    put_at(60, 2, 3);
    put_segment(0, RAM_BASE, RAM_BASE, 0x80, 0x1000);
    put_segment(1, RAM_BASE + 0x3000, RAM_BASE + 0x3000, 0x10, 0x10);
    for (unsigned i = 0; i < 0x80; i++)
        bytes[DATA + i] = (uint8)(i + 1);
    memcpy(bytes + NAMES, "\0tohost\0fromhost", 17);
    put_at(SYMBOLS + 24, 4, 1);
    put_at(SYMBOLS + 24 + 6, 2, 1);
    put_at(SYMBOLS + 24 + 8, 8, RAM_BASE + 0x1000);
    put_at(SYMBOLS + 48, 4, 8);
    put_at(SYMBOLS + 48 + 6, 2, 1);
    put_at(SYMBOLS + 48 + 8, 8, RAM_BASE + 0x1040);
    put_at(SECTIONS + 64 + 4, 4, 2); // the table of symbols
    put_at(SECTIONS + 64 + 24, 8, SYMBOLS);
    put_at(SECTIONS + 64 + 32, 8, 72);
    put_at(SECTIONS + 64 + 40, 4, 2);
    put_at(SECTIONS + 128 + 24, 8, NAMES);
    memset(ram_bytes, 0xaa, sizeof(ram_bytes));
}

static void
test_good(void)
{
    board_new(false);
    make_elf();
    CHECK_EQ(load_kernel(&m, file, &l, &value), LOAD_OK);
    CHECK_EQ(l.entry, RAM_BASE + 4);
    CHECK_EQ(l.start, RAM_BASE);
    CHECK_EQ(l.end, RAM_BASE + 0x3010);
    CHECK_MEM(ram_bytes, bytes + DATA, 0x80);
    CHECK_EQ(ram_bytes[0x80], 0);
    CHECK_EQ(ram_bytes[0xfff], 0);
    CHECK_EQ(ram_bytes[0x1000], 0xaa);
    CHECK_EQ(ram_bytes[0x300f], 16);
    put_segment(0, 0xffffffff80000000, RAM_BASE, 0x80, 0x1000); // linked high, loaded low
    put_at(24, 8, 0xffffffff80000010);
    CHECK_EQ(load_kernel(&m, file, &l, &value), LOAD_OK);
    CHECK_EQ(l.entry, RAM_BASE + 0x10);
}

static void
test_independent(void)
{
    make_elf();
    put_at(16, 2, 3);
    put_segment(0, 0x1000, 0x1000, 0x80, 0x100);
    put_segment(1, 0x3000, 0x3000, 0x10, 0x10);
    put_at(24, 8, 0x1008);
    CHECK_EQ(load_elf(&m, file, RAM_BASE + 0x10000, &l, &value), LOAD_OK);
    CHECK_EQ(l.entry, RAM_BASE + 0x10008);
    CHECK_EQ(l.end, RAM_BASE + 0x12010);
    CHECK_MEM(ram_bytes + 0x10000, bytes + DATA, 0x80);
}

// Loading fails with that error, and RAM stays as it was.
static void
refuse(enum load_error error, uint64 about)
{
    CHECK_EQ(load_elf(&m, file, RAM_BASE, &l, &value), error);
    CHECK_EQ(value, about);
    for (unsigned i = 0; i < 0x4000; i++)
        CHECK_EQ(ram_bytes[i], 0xaa);
    CHECK(strlen(load_words(error)) > 10);
    make_elf();
}

static void
test_bad_header(void)
{
    make_elf();
    bytes[3] = 'f';
    refuse(LOAD_NOT_ELF, 0);
    bytes[4] = 1;
    refuse(LOAD_32_BIT, 0);
    bytes[5] = 2;
    refuse(LOAD_BIG_ENDIAN, 0);
    put_at(18, 2, 62);
    refuse(LOAD_OTHER_MACHINE, 62);
    put_at(16, 2, 1);
    refuse(LOAD_NOT_PROGRAM, 1);
    put_at(54, 2, 32);
    refuse(LOAD_BAD_HEADERS, 32);
    put_at(32, 8, ~0UL);
    refuse(LOAD_TRUNCATED, ~0UL);
    put_at(32, 8, sizeof(bytes) - 56);
    put_at(sizeof(bytes) - 56, 4, 5);
    refuse(LOAD_TRUNCATED, sizeof(bytes));
    put_at(56, 2, 0);
    refuse(LOAD_NO_SEGMENT, PHDR);
    put_at(PHDR, 4, 5);
    put_at(PHDR + 56 + 40, 8, 0);
    refuse(LOAD_NO_SEGMENT, PHDR + 56);
    put_at(24, 8, RAM_BASE + 0x1000);
    refuse(LOAD_ENTRY, RAM_BASE + 0x1000);
}

static void
test_bad_segment(void)
{
    static const uint64 outside[] = {0, RAM_BASE - 1, RAM_BASE + BOARD_RAM - 0xf, ~0UL - 4};
    make_elf();
    for (unsigned i = 0; i < NELEM(outside); i++) {
        put_segment(1, outside[i], outside[i], 0x10, 0x10);
        refuse(LOAD_OUTSIDE_RAM, outside[i]);
    }
    put_segment(1, RAM_BASE, RAM_BASE, 0, ~0UL);
    refuse(LOAD_OUTSIDE_RAM, RAM_BASE);
    put_segment(1, RAM_BASE + 0x3000, RAM_BASE + 0x3000, 0x11, 0x10);
    refuse(LOAD_BAD_SEGMENT, RAM_BASE + 0x3000);
    put_segment(1, RAM_BASE, RAM_BASE, 0x1000, 0x1000);
    refuse(LOAD_TRUNCATED, DATA);
    put_at(PHDR + 56 + 8, 8, ~0UL - 3);
    refuse(LOAD_TRUNCATED, ~0UL - 3);
}

// Every shorter file is refused or loads as far as it goes, without a read past its end.
static void
test_short(void)
{
    make_elf();
    for (uint64 n = 0; n < sizeof(bytes); n++) {
        uint8 *exact = malloc(n + !n);
        memcpy(exact, bytes, n);
        enum load_error error = load_kernel(&m, (struct file){exact, n}, &l, &value);
        CHECK(n >= 0x280 ? error == LOAD_OK : error == (n < 4 ? LOAD_NOT_ELF : LOAD_TRUNCATED));
        CHECK_EQ(load_symbol((struct file){exact, n}, "fromhost", &value), n >= SECTIONS + 192);
        free(exact);
    }
}

static void
test_symbols(void)
{
    make_elf();
    CHECK(load_symbol(file, "tohost", &value));
    CHECK_EQ(value, RAM_BASE + 0x1000);
    CHECK(!load_symbol(file, "tohos", &value));
    CHECK(!load_symbol(file, "host", &value));
    put_at(SECTIONS + 64 + 40, 4, 3); // no such table of names
    CHECK(!load_symbol(file, "tohost", &value));
    make_elf();
    put_at(SECTIONS + 64 + 24, 8, ~0UL - 30);
    CHECK(!load_symbol(file, "tohost", &value));
    make_elf();
    put_at(SECTIONS + 128 + 24, 8, ~0UL);
    CHECK(!load_symbol(file, "tohost", &value));
    make_elf();
    put_at(40, 8, ~0UL);
    CHECK(!load_symbol(file, "tohost", &value));
}

// The file ends within a name.
static void
test_cut_name(void)
{
    make_elf();
    memcpy(bytes + sizeof(bytes) - 4, "\0toh", 4);
    put_at(SECTIONS + 128 + 24, 8, sizeof(bytes) - 4);
    uint8 *exact = malloc(sizeof(bytes));
    memcpy(exact, bytes, sizeof(bytes));
    CHECK(!load_symbol((struct file){exact, sizeof(bytes)}, "tohost", &value));
    free(exact);
}

static const struct file *culprit;

static void
test_boot_bare(void)
{
    struct boot b = {.kernel = file};
    board_new(false);
    make_elf();
    CHECK_EQ(boot_load(&m, &b, &culprit, &value), LOAD_OK);
    for (unsigned i = 0; i < 2; i++) {
        CHECK_EQ(m.s.hart[i].pc, RAM_BASE + 4);
        CHECK_EQ(m.s.hart[i].x[10], i);
        CHECK_EQ(m.s.hart[i].x[11], RAM_BASE + 0x200000);
    }
    CHECK_EQ(ram_bytes[0x200000], 0xd0);
    CHECK_EQ(m.config.tohost, RAM_BASE + 0x1000);
    CHECK_EQ(m.config.fromhost, RAM_BASE + 0x1040);
}

static void
test_boot_firmware(void)
{
    static uint8 firmware[] = {1, 2, 3, 4}, initrd[5000] = {7};
    struct boot b = {.kernel = file,
                     .firmware = {firmware, sizeof(firmware)},
                     .initrd = {initrd, sizeof(initrd)},
                     .append = "hello"};
    uint64 info[6];
    board_new(false);
    make_elf();
    CHECK_EQ(boot_load(&m, &b, &culprit, &value), LOAD_OVERLAP);
    CHECK(culprit == &b.firmware);
    put_segment(0, RAM_BASE + 0x10000, RAM_BASE + 0x10000, 0x80, 0x1000);
    put_at(24, 8, RAM_BASE + 0x10000);
    CHECK_EQ(boot_load(&m, &b, &culprit, &value), LOAD_OK);
    CHECK_EQ(m.s.hart[1].pc, RAM_BASE);
    CHECK_MEM(ram_bytes, firmware, sizeof(firmware));
    memcpy(info, ram_at(&m.ram, m.s.hart[1].x[12]), sizeof(info));
    CHECK_EQ(info[0], 0x4942534f);
    CHECK_EQ(info[2], RAM_BASE + 0x10000);
    CHECK_EQ(info[3], 1);
    CHECK_EQ(m.config.tohost, 0);
    CHECK_EQ(ram_bytes[0x200000 - 0x2000], 7);
}

static void
test_boot_room(void)
{
    static uint8 large[BOARD_RAM];
    static char words[FDT_ROOM];
    struct boot b = {.kernel = file, .initrd = {large, 0x1fd000}};
    board_new(false);
    make_elf();
    CHECK_EQ(boot_load(&m, &b, &culprit, &value), LOAD_NO_ROOM);
    CHECK(culprit == &b.initrd);
    CHECK_EQ(value, 0x1fd000);
    b.initrd.size = 0x1fc000 - 0x1000;
    CHECK_EQ(boot_load(&m, &b, &culprit, &value), LOAD_OK);
    b.initrd.size = ~0UL;
    CHECK_EQ(boot_load(&m, &b, &culprit, &value), LOAD_NO_ROOM);
    b.initrd.size = 0;
    memset(words, 'x', sizeof(words) - 1);
    b.append = words;
    CHECK_EQ(boot_load(&m, &b, &culprit, &value), LOAD_APPEND);
    CHECK(!culprit);
    put_segment(0, RAM_BASE, RAM_BASE, 0x80, 0x200001);
    CHECK_EQ(boot_load(&m, &b, &culprit, &value), LOAD_NO_ROOM);
    m.ram.size = 0x1000;
    make_elf();
    CHECK_EQ(boot_load(&m, &b, &culprit, &value), LOAD_OUTSIDE_RAM);
}

static void
test_image(void)
{
    static uint8 image[4096];
    uint64 head[2] = {0x20000, 0x2000};
    board_new(false);
    memcpy(image + 8, head, sizeof(head));
    memcpy(image + 56, "RSC\5", 4);
    CHECK_EQ(load_kernel(&m, (struct file){image, 4096}, &l, &value), LOAD_OK);
    CHECK_EQ(l.entry, RAM_BASE + 0x20000);
    CHECK_EQ(l.end, RAM_BASE + 0x22000);
    CHECK_MEM(ram_bytes + 0x20000, image, sizeof(image));
    head[1] = BOARD_RAM;
    memcpy(image + 8, head, sizeof(head));
    CHECK_EQ(load_kernel(&m, (struct file){image, 4096}, &l, &value), LOAD_NO_ROOM);
    head[0] = ~0UL;
    memcpy(image + 8, head, sizeof(head));
    CHECK_EQ(load_kernel(&m, (struct file){image, 4096}, &l, &value), LOAD_NO_ROOM);
}

int
main(void)
{
    test_good();
    test_independent();
    test_bad_header();
    test_bad_segment();
    test_short();
    test_symbols();
    test_cut_name();
    test_boot_bare();
    test_boot_firmware();
    test_boot_room();
    test_image();
    return test_done();
}

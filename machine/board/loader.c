// SPDX-License-Identifier: MIT
// loader.c - puts the files of a kernel or a firmware into RAM.
//
// Promises  any-bytes: a file may be truncated or hostile. Every offset and size is checked against
//           the file and RAM before use.
//           checked-first: RAM changes only when the whole file has passed its checks.
// Manual    System V ABI, chapters 4 and 5; Linux: Documentation/riscv/boot-image-header
// Next      board/boot.c
#include "board/loader.h"

#include "base/mem.h"
#include "board/elf.h"
#include "machine.h"

#define SEGMENTS_MAX 64

static enum load_error
check_segment(const struct machine *m, struct file f, const struct elf_segment *p, uint64 *value)
{
    *value = p->offset;
    if (p->offset > f.size || p->filesz > f.size - p->offset)
        return LOAD_TRUNCATED;
    *value = p->paddr;
    if (p->filesz > p->memsz)
        return LOAD_BAD_SEGMENT;
    return ram_has(&m->ram, p->paddr, p->memsz) ? LOAD_OK : LOAD_OUTSIDE_RAM;
}

// Reads the segments to be loaded into `list`, with `bias` added to their addresses.
static enum load_error
read_segments(struct file f, const struct elf_header *h, struct elf_segment *list, uint32 *count,
              uint64 *value)
{
    *count = 0;
    *value = h->phoff;
    if (h->phoff > f.size)
        return LOAD_TRUNCATED;
    for (uint32 i = 0; i < h->phnum; i++) {
        struct elf_segment p;
        *value = h->phoff + i * sizeof(p);
        if (!elf_segment(f, h, i, &p))
            return LOAD_TRUNCATED;
        if (p.type != SEGMENT_LOAD || p.memsz == 0)
            continue;
        if (*count == SEGMENTS_MAX)
            return LOAD_BAD_HEADERS;
        list[(*count)++] = p;
    }
    return *count > 0 ? LOAD_OK : LOAD_NO_SEGMENT;
}

// Moves a position-independent file so that its lowest segment is at `base`.
static void
move_to(struct elf_segment *list, uint32 count, uint64 base, uint64 *entry)
{
    uint64 lowest = ~0ULL;
    for (uint32 i = 0; i < count; i++)
        lowest = list[i].paddr < lowest ? list[i].paddr : lowest;
    for (uint32 i = 0; i < count; i++) {
        list[i].paddr += base - lowest;
        list[i].vaddr += base - lowest;
    }
    *entry += base - lowest;
}

// Finds the physical address of the entry point, which is given as a virtual one.
static bool
find_entry(const struct elf_segment *list, uint32 count, uint64 entry, uint64 *pa)
{
    for (uint32 i = 0; i < count; i++) {
        if (entry - list[i].vaddr < list[i].memsz) {
            *pa = list[i].paddr + (entry - list[i].vaddr);
            return true;
        }
    }
    return false;
}

static void
copy_segments(struct machine *m, struct file f, const struct elf_segment *list, uint32 count,
              struct loaded *l)
{
    l->start = ~0ULL;
    l->end = 0;
    for (uint32 i = 0; i < count; i++) {
        const struct elf_segment *p = &list[i];
        uint8 *to = ram_at(&m->ram, p->paddr);
        mem_copy(to, f.bytes + p->offset, p->filesz);
        mem_set(to + p->filesz, 0, p->memsz - p->filesz);
        l->start = p->paddr < l->start ? p->paddr : l->start;
        l->end = p->paddr + p->memsz > l->end ? p->paddr + p->memsz : l->end;
    }
}

enum load_error
load_elf(struct machine *m, struct file f, uint64 base, struct loaded *l, uint64 *value)
{
    struct elf_header h;
    struct elf_segment list[SEGMENTS_MAX];
    uint32 count;
    enum load_error error = elf_read_header(f, &h, value);
    if (!error)
        error = read_segments(f, &h, list, &count, value);
    if (error)
        return error;
    if (h.type == ELF_DYN)
        move_to(list, count, base, &h.entry);
    for (uint32 i = 0; i < count && !error; i++)
        error = check_segment(m, f, &list[i], value);
    if (error)
        return error;
    *value = h.entry;
    if (!find_entry(list, count, h.entry, &l->entry))
        return LOAD_ENTRY;
    copy_segments(m, f, list, count, l);
    return LOAD_OK;
}

enum load_error
load_raw(struct machine *m, struct file f, uint64 base, struct loaded *l, uint64 *value)
{
    *value = f.size;
    if (f.size == 0)
        return LOAD_NO_SEGMENT;
    if (!ram_has(&m->ram, base, f.size))
        return LOAD_NO_ROOM;
    mem_copy(ram_at(&m->ram, base), f.bytes, f.size);
    *l = (struct loaded){base, base, base + f.size};
    return LOAD_OK;
}

// An Image of Linux names the offset from RAM's start and the size, memory that it clears included.
static enum load_error
load_image(struct machine *m, struct file f, struct loaded *l, uint64 *value)
{
    uint64 word[2]; // text_offset, image_size
    *value = 0;
    if (!elf_peek(f, 8, word, sizeof(word)))
        return LOAD_TRUNCATED;
    *value = word[1];
    if (word[0] > m->ram.size || word[1] > m->ram.size - word[0])
        return LOAD_NO_ROOM;
    enum load_error error = load_raw(m, f, m->ram.base + word[0], l, value);
    if (!error && l->start + word[1] > l->end)
        l->end = l->start + word[1];
    return error;
}

enum load_error
load_kernel(struct machine *m, struct file f, struct loaded *l, uint64 *value)
{
    uint8 magic[4];
    if (elf_peek(f, 56, magic, sizeof(magic)) && mem_equal(magic, "RSC\5", sizeof(magic)))
        return load_image(m, f, l, value);
    return load_elf(m, f, m->ram.base, l, value);
}

enum load_error
load_firmware(struct machine *m, struct file f, struct loaded *l, uint64 *value)
{
    return elf_magic(f) ? load_elf(m, f, m->ram.base, l, value)
                        : load_raw(m, f, m->ram.base, l, value);
}

static bool
search_table(struct file f, const struct section_header *table, uint64 strings, const char *name,
             uint64 *value)
{
    struct elf_symbol s;
    for (uint64 at = 0; at < table->size && table->offset <= f.size; at += sizeof(s)) {
        if (!elf_peek(f, table->offset + at, &s, sizeof(s)))
            return false;
        if (s.section != 0 && elf_string_is(f, strings + s.name, name)) {
            *value = s.value;
            return true;
        }
    }
    return false;
}

bool
load_symbol(struct file f, const char *name, uint64 *value)
{
    struct elf_header h;
    struct section_header table, strings;
    uint64 ignored;
    if (elf_read_header(f, &h, &ignored) != LOAD_OK)
        return false;
    return elf_symtab(f, &h, &table, &strings) &&
           search_table(f, &table, strings.offset, name, value);
}

const char *
load_words(enum load_error error)
{
    static const char *const words[] = {
        [LOAD_OK] = "the file is loaded",
        [LOAD_NOT_ELF] = "the file is no ELF file",
        [LOAD_32_BIT] = "the file is for a 32-bit machine; this one has 64 bits",
        [LOAD_BIG_ENDIAN] = "the file is for a big-endian machine; this one is little-endian",
        [LOAD_OTHER_MACHINE] = "the file is for another processor than RISC-V: ELF machine",
        [LOAD_NOT_PROGRAM] = "the file is not a linked program but an object, a core: ELF type",
        [LOAD_TRUNCATED] = "the file is cut short: it should have data at offset",
        [LOAD_BAD_HEADERS] = "the file's program headers are damaged",
        [LOAD_BAD_SEGMENT] = "a segment is larger in the file than in memory: at address",
        [LOAD_OUTSIDE_RAM] = "a segment lies outside RAM: at address",
        [LOAD_NO_SEGMENT] = "the file has nothing to load",
        [LOAD_ENTRY] = "the entry point lies in no segment: it is",
        [LOAD_NO_ROOM] = "RAM is too small; more --mem is needed. Bytes that do not fit:",
        [LOAD_OVERLAP] = "the firmware lies where the kernel wants to be: at address",
        [LOAD_APPEND] = "the kernel's command line is too long. Bytes:",
    };
    return (unsigned)error < NELEM(words) ? words[error] : "";
}

bool
load_has_value(enum load_error error)
{
    return error != LOAD_NOT_ELF && error != LOAD_32_BIT && error != LOAD_BIG_ENDIAN &&
           error != LOAD_BAD_HEADERS && error != LOAD_NO_SEGMENT;
}

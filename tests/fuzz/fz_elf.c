// SPDX-License-Identifier: MIT
// fz_elf.c - any bytes as a program: a file that the checks accept must meet their invariants.
//
// SOURCES: kernel/lib/parse/elf.c kernel/lib/range.c tests/host/shim/host.c
#include <stdint.h>
#include <stddef.h>

#include "lib/panic.h"
#include "lib/parse/elf.h"

#define LIMIT 0x3fffffd000UL

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_promises(const struct elf_program *p, uint64 size)
{
    uint64 free_page = 0; // first page no segment may start below
    for (uint32 i = 0; i < p->count; i++) {
        const struct elf_segment *s = &p->segment[i];
        assert(s->filesz <= s->memsz && s->memsz > 0);
        assert(s->off <= size && s->filesz <= size - s->off);
        assert(s->va < LIMIT && s->memsz <= LIMIT - s->va);
        assert(s->va / 4096 >= free_page);
        free_page = (s->va + s->memsz - 1) / 4096 + 1;
    }
    assert(p->stack <= LIMIT && p->end <= LIMIT);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct elf_header h;
    struct elf_program p = {0};
    if (elf_check_header(data, size, size, &h) < 0)
        return 0;
    for (uint32 i = 0; i < h.phnum; i++) {
        struct elf_segment s;
        uint64 at = h.phoff + i * ELF_PHDR_SIZE;
        if (elf_check_phdr(data + at, size - at, size, LIMIT, &s) == 0 && elf_add(&p, &s) < 0)
            break;
        check_promises(&p, size);
    }
    return 0;
}

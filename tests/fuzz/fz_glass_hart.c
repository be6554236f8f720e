// SPDX-License-Identifier: MIT
// fz_glass_hart.c - anything as code, page tables and CSRs: the machine must not crash.
//
// Theory    The input's first 16 bytes choose the options and the state that the harts start in. The
//           whole input is the code, and again the memory behind it, where page tables are looked
//           for. Traps go back into the code. The program's results do not matter: the sanitizers
//           check that no access leaves the machine's memory.
//
// SOURCES: machine/*.c machine/board/*.c machine/hart/*.c machine/mmu/*.c machine/sight/*.c
// SOURCES: machine/check/*.c machine/time/*.c kernel/pt/read/translate.c
// CFLAGS: -Imachine
#include <stdlib.h>
#include <string.h>

#include "run.h"

int LLVMFuzzerTestOneInput(const uint8 *data, size_t size);

#define RAM_BYTES (256u << 10)
#define ROOT      0x8000u // offset of a page table that maps RAM to itself
#define HEAD      16
#define BLOCKS    64

static void *block[BLOCKS];
static int blocks;

static void *
take(size_t bytes)
{
    if (blocks == BLOCKS)
        abort();
    return block[blocks++] = calloc(1, bytes);
}

static void
give_back_all(void)
{
    while (blocks > 0)
        free(block[--blocks]);
}

static struct config
options(const uint8 *head)
{
    return (struct config){.harts = 1 + (head[0] & 1),
                           .svade = head[0] & 2,
                           .no_pmp = head[0] & 4,
                           .misaligned_traps = head[0] & 8,
                           .seed = head[1],
                           .mean_turn = 1 + head[2],
                           .sharp = head[3],
                           .mmu = (uint8)(39 + 9 * (head[4] % 3)),
                           .tlb = (enum tlb_mode)(head[5] % 5)};
}

// Fills memory with the input, again and again, but for one table.
static void
fill(struct machine *m, const uint8 *data, size_t size)
{
    for (size_t at = 0; at < RAM_BYTES; at += size)
        memcpy(m->ram.bytes + at, data, size < RAM_BYTES - at ? size : RAM_BYTES - at);
    uint64 self = RAM_BASE >> 2 | 0xcf, table = (RAM_BASE + ROOT + PAGE_BYTES) >> 2 | 1;
    memcpy(m->ram.bytes + ROOT + 16, &self, 8);
    memcpy(m->ram.bytes + ROOT, &table, 8);
    memcpy(m->ram.bytes + ROOT + 24, &table, 8);
}

static void
start(struct machine *m, unsigned hart, const uint8 *head)
{
    struct hart *h = &m->s.hart[hart];
    for (unsigned i = 1; i < 32; i++)
        h->x[i] = i & 1 ? RAM_BASE + i * 0x808u : (uint64)head[i % HEAD] << (i * 2);
    h->x[5] = (uint64)SATP_SV39 << SATP_MODE_SHIFT | (RAM_BASE + ROOT) >> PAGE_BITS;
    h->mtvec = RAM_BASE + 0x40;
    h->stvec = RAM_BASE + 0x400;
    h->mepc = RAM_BASE + 0x200;
    h->medeleg = head[6] * 0x101u;
    h->mideleg = head[7] * 0x11u & 0x222;
    h->mstatus = (uint64)head[8] << 11 | STATUS_FS;
    h->pmp.addr[15] = ~0ULL >> 10;
    h->pmp.cfg[15] = 0x1f;
    h->pmp.top = 16;
    h->pc = RAM_BASE + HEAD;
}

int
LLVMFuzzerTestOneInput(const uint8 *data, size_t size)
{
    if (size < HEAD)
        return 0;
    struct config config = options(data);
    struct machine *m = machine_new(&config, RAM_BYTES, take);
    fill(m, data, size);
    for (unsigned h = 0; h < config.harts; h++)
        start(m, h, data);
    machine_run(m, 3000);
    give_back_all();
    return 0;
}

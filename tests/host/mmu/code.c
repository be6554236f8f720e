// SPDX-License-Identifier: MIT
// code.c - the instructions that a hart keeps until the next fence.i: all that it has fetched, and
// those that it read in advance at its last fence.i.
#include "mm/frame/direct.h"
#include "mmu/hart.h"
#include "rv/cpu.h"
#include "rv/csr.h"

#define WORD_STRIDE 512 // instructions that are executed are so far apart
#define LINES       768
#define CODE        64

struct line {
    uint64 pa, value;
};

static struct cache {
    struct line line[LINES];
    int lines;
} caches[MAXHART];

static uint64 code[CODE]; // physical pages that have held instructions

static void
remember(struct cache *c, uint64 pa)
{
    struct line l = {pa, *(uint64 *)p2v(pa)};
    for (int i = 0; i < c->lines; i++)
        if (c->line[i].pa == l.pa && c->line[i].value == l.value)
            return;
    c->line[c->lines < LINES ? c->lines++ : (int)model_rnd(LINES)] = l;
}

// The hart reads in advance from each page that has held instructions; it need not see stores there
// before its next fence.i.
void
fence_i(void)
{
    struct cache *c = &caches[model_hart];
    hart_event();
    c->lines = 0;
    for (int i = 0; i < CODE; i++)
        for (uint64 word = 0; code[i] && word < PGSIZE; word += WORD_STRIDE)
            c->line[c->lines++] = (struct line){code[i] + word, *(uint64 *)p2v(code[i] + word)};
}

static void
note_code(uint64 page)
{
    for (int i = 0; i < CODE; i++)
        if (code[i] == page)
            return;
    code[model_rnd(CODE)] = page;
}

uint64
hart_fetch(uint64 pa)
{
    struct cache *c = &caches[model_hart];
    uint64 now = *(uint64 *)p2v(pa);
    for (int i = 0; i < c->lines; i++)
        if (c->line[i].pa == pa && c->line[i].value != now)
            model_fail("stale code: pa 0x%lx may be fetched as 0x%lx, memory holds 0x%lx", pa,
                       c->line[i].value, now);
    remember(c, pa);
    note_code(PGROUNDDOWN(pa));
    return now;
}

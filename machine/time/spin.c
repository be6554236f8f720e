// SPDX-License-Identifier: MIT
// spin.c - looks for a short loop that changes nothing but registers.
#include "time/rest.h"

#include "base/mem.h"
#include "hart/execute.h"
#include "hart/opcodes.h"
#include "hart/rvc.h"
#include "hart/trap.h"
#include "machine.h"
#include "mmu/access.h"
#include "mmu/contexts.h"
#include "mmu/reach.h"
#include "sight/count.h"

#define LOOP_STEPS 48 // the longest loop that is recognised
#define NEARBY     128

// Returns the instruction at the hart's pc, expanded. 0: not known.
static uint32
next_instruction(struct machine *m, unsigned hart)
{
    uint64 pc = m->s.hart[hart].pc;
    uint32 low, high;
    if (!fetch_half(m, hart, pc, &low))
        return 0;
    if ((low & 3) != 3)
        return rvc_expand((uint16)low);
    return fetch_half(m, hart, pc + 2, &high) ? low | high << 16 : 0;
}

// Returns the host address of a word in RAM that an access reaches without any other effect; NULL:
// it is in a device or a page table. The result does not depend on the shortcuts that exist, since
// a repeated run has others (time/back.c).
static const void *
plain_memory(struct machine *m, unsigned hart, int kind, uint64 va)
{
    const void *p = contexts_find(m, hart, kind, va);
    uint64 pa;
    if (p != NULL)
        return p;
    if (!reach_plain(m, hart, va, kind == CUT_STORE ? PT_WRITE : PT_READ, &pa))
        return NULL;
    if (kind == CUT_STORE && (*ram_marks(&m->ram, pa) & RAM_TABLE))
        return NULL;
    return ram_at(&m->ram, pa);
}

// Returns whether the AMO would write the value that memory has already, as in a loop that waits
// for a lock.
static bool
swaps_alike(struct machine *m, unsigned hart, uint32 raw)
{
    const struct hart *h = &m->s.hart[hart];
    uint64 va = h->x[raw >> 15 & 31], value = h->x[raw >> 20 & 31];
    bool wide = (raw >> 12 & 7) == 3;
    if (raw >> 27 != 1 || (va & (wide ? 7 : 3)))
        return false;
    const void *p = plain_memory(m, hart, CUT_STORE, va);
    return p != NULL && (wide ? *(const uint64 *)p == value : *(const uint32 *)p == (uint32)value);
}

// Returns whether the next instruction changes only registers, and reads only RAM.
static bool
harmless(struct machine *m, unsigned hart)
{
    uint32 raw = next_instruction(m, hart);
    const struct hart *h = &m->s.hart[hart];
    switch (opcode_of(raw)) {
    case OPCODE_LOAD:
        return plain_memory(m, hart, CUT_LOAD,
                            h->x[raw >> 15 & 31] + (uint64)(int64)((int32)raw >> 20)) != NULL;
    case OPCODE_AMO:
        return swaps_alike(m, hart, raw);
    case OPCODE_MISC_MEM:
        return (raw >> 12 & 7) == 0; // not fence.i
    case OPCODE_OP:
    case OPCODE_OP_32:
    case OPCODE_OP_IMM:
    case OPCODE_OP_IMM_32:
    case OPCODE_LUI:
    case OPCODE_AUIPC:
    case OPCODE_BRANCH:
    case OPCODE_JALR:
    case OPCODE_JAL:
        return true;
    default:
        return false;
    }
}

// Makes one step of the hart. Returns false if it was no plain instruction.
static bool
step(struct machine *m, unsigned hart)
{
    struct lane *l = &m->lane[hart];
    l->granted = l->budget = 1;
    l->attention = false;
    execute(m, hart);
    return !l->attention && l->budget == 0 && m->s.hart[hart].mode == m->spin_mode;
}

static bool
loops(struct machine *m, unsigned hart)
{
    struct hart *h = &m->s.hart[hart];
    uint64 pc = h->pc, x[32];
    mem_copy(x, h->x, sizeof(x));
    for (int i = 0; i < LOOP_STEPS; i++) {
        if (!harmless(m, hart) || !step(m, hart))
            return false;
        if (h->pc == pc)
            return mem_equal(x, h->x, sizeof(x));
    }
    return false;
}

bool
rest_spins(struct machine *m, unsigned hart)
{
    struct hart *h = &m->s.hart[hart], before;
    bool nearby = h->pc - h->rest_pc + NEARBY < 2 * NEARBY;
    h->rest_pc = h->pc;
    if (!nearby)
        return false;
    before = *h;
    m->spin_mode = h->mode;
    if (m->count != NULL)
        count_try(m, hart);
    bool spins = loops(m, hart);
    if (m->count != NULL)
        count_tried(m, hart, spins);
    *h = before;
    m->lane[hart].granted = m->lane[hart].budget = 0;
    contexts_select(m, hart);
    return spins;
}

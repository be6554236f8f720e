// SPDX-License-Identifier: MIT
// code.c - the instructions that a hart is at, taken apart for the page.
//
// Theory    The rows of hart/isa.inc tell the instructions apart. A compressed one is shown as the
//           instruction that it stands for.
// Next      hart/isa.inc, hart/rvc.h
#include "hart/rvc.h"
#include "machine.h"
#include "sight/guest.h"
#include "web/web.h"

// How the operands are written; the page knows these numbers.
enum form { FORM_R, FORM_I, FORM_U, FORM_LOAD, FORM_STORE, FORM_BRANCH, FORM_AMO, FORM_OTHER };

struct row {
    const char *name;
    uint32 match, mask;
    enum form form;
};

#define OP_R(name, match, ...)           {#name, match, 0xfe00707f, FORM_R},
#define OP_I(name, match, ...)           {#name, match, 0x0000707f, FORM_I},
#define OP_SHIFT(name, match, ...)       {#name, match, 0xfc00707f, FORM_I},
#define OP_SHIFTW(name, match, ...)      {#name, match, 0xfe00707f, FORM_I},
#define OP_U(name, match, ...)           {#name, match, 0x0000007f, FORM_U},
#define OP_LOAD(name, match, ...)        {#name, match, 0x0000707f, FORM_LOAD},
#define OP_STORE(name, match, ...)       {#name, match, 0x0000707f, FORM_STORE},
#define OP_BRANCH(name, match, ...)      {#name, match, 0x0000707f, FORM_BRANCH},
#define OP_AMO(name, match, ...)         {#name, match, 0xf800707f, FORM_AMO},
#define OP_OTHER(name, match, mask, ...) {#name, match, mask, FORM_OTHER},

static const struct row rows[] = {
#include "hart/isa.inc"
};

// An instruction; `name` is a string in the module's memory, 0: illegal.
struct code_view {
    uint64 pc, bytes, full, name, form;
};

EXPORT uint32 web_code(const struct machine *m, uint32 hart, uint64 pc, struct code_view *out,
                       uint32 max);

// Reads two bytes as the hart would fetch them.
static bool
fetch(const struct machine *m, unsigned hart, uint64 va, uint32 *half)
{
    const struct hart *h = &m->s.hart[hart];
    struct pt_trace trace;
    uint64 pa;
    if (h->mode == MODE_U && guest_walk_tree(m, h->satp, va, PT_EXEC, true, false, &trace))
        pa = trace.rule == RULE_OK ? trace.pa : 0;
    else if (h->mode == MODE_U || !guest_translate(m, hart, va, PT_EXEC, &pa))
        return false;
    if (!ram_has(&m->ram, pa, 2))
        return false;
    const uint8 *p = ram_at(&m->ram, pa);
    *half = p[0] | (uint32)p[1] << 8;
    return true;
}

// Fills in the instruction at `pc`. Returns false if the hart could not fetch it.
static bool
take_apart(const struct machine *m, unsigned hart, uint64 pc, struct code_view *v)
{
    uint32 low, high = 0;
    if (!fetch(m, hart, pc, &low))
        return false;
    bool compressed = (low & 3) != 3;
    if (!compressed && !fetch(m, hart, pc + 2, &high))
        return false;
    uint32 full = compressed ? rvc_expand((uint16)low) : low | high << 16;
    *v = (struct code_view){.pc = pc, .bytes = compressed ? 2 : 4, .full = full};
    for (size_t i = 0; i < NELEM(rows) && v->name == 0; i++) {
        if ((full & rows[i].mask) != rows[i].match)
            continue;
        v->name = (size_t)rows[i].name;
        v->form = rows[i].form;
    }
    return true;
}

// The instructions from `pc` on, in the hart's present tree and mode: struct code_view, at most
// `max`. Returns how many there are, up to the first that cannot be fetched.
uint32
web_code(const struct machine *m, uint32 hart, uint64 pc, struct code_view *out, uint32 max)
{
    uint32 count = 0;
    for (; count < max && take_apart(m, hart, pc, &out[count]); count++)
        pc += out[count].bytes;
    return count;
}

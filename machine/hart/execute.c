// SPDX-License-Identifier: MIT
// execute.c - the interpreter: what each row of isa.inc does to a hart.
//
// Theory    `ip` is the slot of the present instruction. Its address stands for the pc: with
//           `origin`, chosen at each change of page, pc = origin + address / 8, for a slot has 16
//           bytes and stands for 2. `left` counts the instructions that may still be started.
//           Before anything that can look at the hart or leave, SAVE() writes pc and budget back.
#include "hart/execute.h"

#include "base/random.h"
#include "hart/arith.h"
#include "hart/csr.h"
#include "hart/decode.h"
#include "hart/dispatch.h"
#include "hart/slow.h"
#include "hart/trap.h"
#include "machine.h"
#include "mmu/access.h"
#include "mmu/contexts.h"

_Static_assert(sizeof(struct insn) == 16 || sizeof(size_t) == 4, "a slot has 16 bytes");

#define SLOT_BYTES (sizeof(struct insn) / 2) // of the slot array for one byte of code

#define X(field) h->x[ip->field]
#define IMM      ((uint64)(int64)ip->imm)
#define PC       (origin + (uint64)(size_t)ip / SLOT_BYTES)
#define SAVE()   (h->pc = PC, l->budget = left)

// Goes on with the slot `ip`, if the turn allows.
#define GO()                                                                                       \
    do {                                                                                           \
        if (unlikely(left == 0))                                                                   \
            goto out;                                                                              \
        left--;                                                                                    \
        DISPATCH();                                                                                \
    } while (0)
#define NEXT()                                                                                     \
    do {                                                                                           \
        ip += ip->step;                                                                            \
        GO();                                                                                      \
    } while (0)

// After a slow access: stop for an interrupt or the end of the turn if it asks for that.
#define NEXT_SLOW()                                                                                \
    do {                                                                                           \
        ip += ip->step;                                                                            \
        if (unlikely(l->attention))                                                                \
            goto out;                                                                              \
        GO();                                                                                      \
    } while (0)

// The shortcut for an access of `type` at `va`; it serves if its tag fits.
#define CUT(kind, va)        (&l->now->entry[kind][shortcut_index(va)])
#define FITS(cut, va, bytes) likely((cut)->tag == ((va) & (~(PAGE_BYTES - 1) | ((bytes)-1))))
#define AT(type, cut, va)    (*(type *)(size_t)((cut)->host + (va)))

#define OP_R(name, match, expr)                                                                    \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        uint64 a = X(rs1), b = X(rs2);                                                             \
        X(rd) = (expr);                                                                            \
        NEXT();                                                                                    \
    }
#define OP_I(name, match, expr)                                                                    \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        uint64 a = X(rs1), imm = IMM;                                                              \
        X(rd) = (expr);                                                                            \
        NEXT();                                                                                    \
    }
#define OP_SHIFT(name, match, expr)  OP_I(name, match, expr)
#define OP_SHIFTW(name, match, expr) OP_I(name, match, expr)
#define OP_U(name, match, expr)                                                                    \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        uint64 imm = IMM;                                                                          \
        X(rd) = (expr);                                                                            \
        NEXT();                                                                                    \
    }
#define OP_LOAD(name, match, type)                                                                 \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        uint64 va = X(rs1) + IMM, value;                                                           \
        const struct shortcut *cut = CUT(CUT_LOAD, va);                                            \
        if (FITS(cut, va, sizeof(type))) {                                                         \
            X(rd) = (uint64)(int64)AT(type, cut, va);                                              \
            NEXT();                                                                                \
        }                                                                                          \
        SAVE();                                                                                    \
        if (!load_slow(m, hart, va, sizeof(type), &value))                                         \
            goto trapped;                                                                          \
        X(rd) = (uint64)(int64)(type)value;                                                        \
        NEXT_SLOW();                                                                               \
    }
#define OP_STORE(name, match, type)                                                                \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        uint64 va = X(rs1) + IMM;                                                                  \
        const struct shortcut *cut = CUT(CUT_STORE, va);                                           \
        if (FITS(cut, va, sizeof(type))) {                                                         \
            AT(type, cut, va) = (type)X(rs2);                                                      \
            NEXT();                                                                                \
        }                                                                                          \
        SAVE();                                                                                    \
        if (!store_slow(m, hart, va, sizeof(type), X(rs2)))                                        \
            goto trapped;                                                                          \
        NEXT_SLOW();                                                                               \
    }
#define OP_BRANCH(name, match, cond)                                                               \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        uint64 a = X(rs1), b = X(rs2);                                                             \
        if (!(cond))                                                                               \
            NEXT();                                                                                \
        h->pc = PC + IMM;                                                                          \
        goto jump;                                                                                 \
    }                                                                                              \
    HANDLER(NEAR_##name)                                                                           \
    {                                                                                              \
        uint64 a = X(rs1), b = X(rs2);                                                             \
        if (!(cond))                                                                               \
            NEXT();                                                                                \
        ip = (const struct insn *)((const char *)ip + ip->imm);                                    \
        GO();                                                                                      \
    }
#define OP_AMO(name, match, type, expr)                                                            \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        uint64 va = X(rs1), b = X(rs2), old;                                                       \
        const struct shortcut *cut = CUT(CUT_STORE, va);                                           \
        if (FITS(cut, va, sizeof(type))) {                                                         \
            old = (uint64)(int64)AT(type, cut, va);                                                \
            AT(type, cut, va) = (type)(expr);                                                      \
        } else {                                                                                   \
            SAVE();                                                                                \
            if (!load_amo(m, hart, va, sizeof(type), &old))                                        \
                goto trapped;                                                                      \
            old = (uint64)(int64)(type)old;                                                        \
            if (!store_slow(m, hart, va, sizeof(type), (uint64)(expr)))                            \
                goto trapped;                                                                      \
        }                                                                                          \
        X(rd) = old;                                                                               \
        if (unlikely(l->sharp_amo))                                                                \
            turns_sharp(m, hart);                                                                  \
        NEXT_SLOW();                                                                               \
    }
#define OP_OTHER(name, match, mask, imm)

// An instruction done by a function that returns false if it traps. NEXT_SLOW follows, or, where
// it may have changed how code is reached, the page of the next instruction is looked up anew.
#define SLOW(name, call)                                                                           \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        SAVE();                                                                                    \
        if (!(call))                                                                               \
            goto trapped;                                                                          \
        NEXT_SLOW();                                                                               \
    }
#define SLOW_JUMP(name, call)                                                                      \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        SAVE();                                                                                    \
        if (!(call))                                                                               \
            goto trapped;                                                                          \
        h->pc += 2 * (uint64)ip->step;                                                             \
        goto look;                                                                                 \
    }
#define RETURN(name, call)                                                                         \
    HANDLER(name)                                                                                  \
    {                                                                                              \
        SAVE();                                                                                    \
        if (!(call)) {                                                                             \
            slow_illegal(l, (uint32)ip->imm);                                                      \
            goto trapped;                                                                          \
        }                                                                                          \
        l->attention = true;                                                                       \
        goto look;                                                                                 \
    }

// Runs until the budget is used up or attention is wanted; with m NULL, returns the handlers.
static const void *const *
interpret(struct machine *m, unsigned hart)
{
#include "hart/handlers.inc"
    if (m == NULL)
        return handlers;
    struct hart *h = &m->s.hart[hart];
    struct lane *l = &m->lane[hart];
    const struct insn *ip;
    struct code_page *page;
    uint64 left = l->budget, origin;

look: // h->pc is right; attention may be wanted
    if (unlikely(l->attention)) {
        l->budget = left;
        return NULL;
    }
jump : { // h->pc is right
    const struct shortcut *cut = CUT(CUT_FETCH, h->pc);
    if (likely(cut->tag == (h->pc & ~(PAGE_BYTES - 1)))) {
        page = (struct code_page *)(size_t)(cut->host + (h->pc & ~(PAGE_BYTES - 1)));
    } else {
        l->budget = left;
        if (!fetch_slow(m, hart, h->pc, &page))
            goto take;
    }
    ip = &page->slot[(h->pc & (PAGE_BYTES - 1)) / 2];
    origin = h->pc - (uint64)(size_t)ip / SLOT_BYTES;
    GO();
}

    DISPATCH_LOOP{
#include "hart/isa.inc"
#include "hart/system.inc"
    }

    trapped : // h->pc is that of the instruction, which has counted as started
              left++;
take:
    l->budget = left;
    trap_take(m, hart, false, l->trap.cause, l->trap.tval);
    if (left == 0)
        return NULL;
    left--; // a trap takes the time of an instruction, so that a loop of traps comes to an end
    l->budget = left;
    goto look;
out:
    SAVE();
    return NULL;
}

void
execute(struct machine *m, unsigned hart)
{
    interpret(m, hart);
}

void
execute_setup(struct code *c)
{
    c->go = interpret(NULL, 0);
}

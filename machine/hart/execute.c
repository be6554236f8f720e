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
#include "hart/fp.h"
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

static bool
illegal(struct lane *l, uint32 raw)
{
    l->trap = (struct trap){CAUSE_ILLEGAL, raw};
    return false;
}

// Raises the trap for the instruction at the pc, of which the slot has not kept all bits.
static bool
illegal_here(struct machine *m, unsigned hart)
{
    uint64 pc = m->s.hart[hart].pc;
    uint32 low, high = 0;
    if (!fetch_half(m, hart, pc, &low))
        return false;
    if ((low & 3) == 3 && !fetch_half(m, hart, pc + 2, &high))
        return false;
    return illegal(&m->lane[hart], low | high << 16);
}

// The bits of the instruction at `pc`, for those that keep only fields. The code page exists.
static bool
fetch_straddle(struct machine *m, unsigned hart, uint64 pc)
{
    struct lane *l = &m->lane[hart];
    uint32 low, high;
    if (!fetch_half(m, hart, pc, &low) || !fetch_half(m, hart, pc + 2, &high))
        return false;
    decode(m->code, low | high << 16, -1, &l->straddle[0]);
    l->straddle[1].go = l->straddle[2].go = m->code->go[OP_PAGE_END];
    return true;
}

static bool
load_reserved(struct machine *m, unsigned hart, const struct insn *ip, int bytes)
{
    struct hart *h = &m->s.hart[hart];
    uint64 pa, value;
    if (!reserve_at(m, hart, h->x[ip->rs1], bytes, false, &pa) ||
        !load_slow(m, hart, h->x[ip->rs1], bytes, &value))
        return false;
    h->reserved = pa;
    h->x[ip->rd] = bytes == 4 ? sext32(value) : value;
    return true;
}

static bool
store_conditional(struct machine *m, unsigned hart, const struct insn *ip, int bytes)
{
    struct hart *h = &m->s.hart[hart];
    uint64 pa;
    if (!reserve_at(m, hart, h->x[ip->rs1], bytes, true, &pa))
        return false;
    bool failed = h->reserved != pa;
    h->reserved = ~0ULL;
    if (!failed && !store_slow(m, hart, h->x[ip->rs1], bytes, h->x[ip->rs2]))
        return false;
    h->x[ip->rd] = failed;
    return true;
}

static bool
fp_off(const struct hart *h)
{
    return (h->mstatus & STATUS_FS) == 0;
}

static bool
fp_load(struct machine *m, unsigned hart, const struct insn *ip, int bytes)
{
    struct hart *h = &m->s.hart[hart];
    uint64 value;
    if (fp_off(h))
        return illegal_here(m, hart);
    if (!load_slow(m, hart, h->x[ip->rs1] + (uint64)(int64)ip->imm, bytes, &value))
        return false;
    h->f[ip->rd & 31] = bytes == 4 ? value | 0xffffffff00000000ULL : value;
    h->mstatus |= STATUS_FS;
    return true;
}

static bool
fp_store(struct machine *m, unsigned hart, const struct insn *ip, int bytes)
{
    struct hart *h = &m->s.hart[hart];
    if (fp_off(h))
        return illegal_here(m, hart);
    return store_slow(m, hart, h->x[ip->rs1] + (uint64)(int64)ip->imm, bytes, h->f[ip->rs2]);
}

static bool
fp_compute(struct machine *m, unsigned hart, uint32 raw)
{
    struct hart *h = &m->s.hart[hart];
    if (fp_off(h) || !fp_execute(h, raw))
        return illegal(&m->lane[hart], raw);
    h->mstatus |= STATUS_FS;
    return true;
}

static bool
csr_op(struct machine *m, unsigned hart, uint32 raw)
{
    bool wrote;
    if (!csr_execute(m, hart, raw, &wrote))
        return illegal(&m->lane[hart], raw);
    if (wrote) {
        contexts_select(m, hart);
        m->lane[hart].attention = true;
    }
    return true;
}

static bool
fence_op(struct machine *m, unsigned hart, uint32 raw)
{
    return csr_fence(m, hart, raw) || illegal(&m->lane[hart], raw);
}

// wfi ends the turn, unless an interrupt is pending already.
static bool
wait_op(struct machine *m, unsigned hart, uint32 raw)
{
    struct hart *h = &m->s.hart[hart];
    if (!csr_wfi(m, hart))
        return illegal(&m->lane[hart], raw);
    h->waiting = (trap_pending(m, hart) & h->mie) == 0;
    m->lane[hart].attention = true;
    return true;
}

// The hart is at a hook. It sets attention if the instruction shall wait.
static void
hooked(struct machine *m, unsigned hart, uint64 pa)
{
    if (m->watch_turn->on && m->watch_turn->pc_pa == pa)
        rest_here(m, hart);
    if (m->sight != NULL)
        sight_hook(m, hart, pa);
}

static bool
environment_call(struct machine *m, unsigned hart)
{
    m->lane[hart].trap = (struct trap){CAUSE_ECALL_U + m->s.hart[hart].mode, 0};
    return false;
}

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
            illegal(l, (uint32)ip->imm);                                                           \
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
jump: { // h->pc is right
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

    DISPATCH_LOOP
    {
#include "hart/isa.inc"
        HANDLER(NEAR_JAL)
        {
            X(rd) = PC + 2 * (uint64)ip->step;
            ip = (const struct insn *)((const char *)ip + ip->imm);
            GO();
        }
        HANDLER(JAL)
        {
            uint64 pc = PC;
            h->pc = pc + IMM;
            X(rd) = pc + 2 * (uint64)ip->step;
            goto jump;
        }
        HANDLER(JALR)
        {
            h->pc = (X(rs1) + IMM) & ~1ULL;
            X(rd) = PC + 2 * (uint64)ip->step;
            goto jump;
        }
        HANDLER(FENCE)
        {
            NEXT();
        }
        HANDLER(FENCE_I)
        {
            NEXT();
        }
        SLOW(LR_W, load_reserved(m, hart, ip, 4))
        SLOW(LR_D, load_reserved(m, hart, ip, 8))
        SLOW(SC_W, store_conditional(m, hart, ip, 4))
        SLOW(SC_D, store_conditional(m, hart, ip, 8))
        SLOW(FLW, fp_load(m, hart, ip, 4))
        SLOW(FLD, fp_load(m, hart, ip, 8))
        SLOW(FSW, fp_store(m, hart, ip, 4))
        SLOW(FSD, fp_store(m, hart, ip, 8))
        SLOW(FMADD, fp_compute(m, hart, (uint32)ip->imm))
        SLOW(FMSUB, fp_compute(m, hart, (uint32)ip->imm))
        SLOW(FNMSUB, fp_compute(m, hart, (uint32)ip->imm))
        SLOW(FNMADD, fp_compute(m, hart, (uint32)ip->imm))
        SLOW(FP, fp_compute(m, hart, (uint32)ip->imm))
        SLOW_JUMP(CSRRW, csr_op(m, hart, (uint32)ip->imm))
        SLOW_JUMP(CSRRS, csr_op(m, hart, (uint32)ip->imm))
        SLOW_JUMP(CSRRC, csr_op(m, hart, (uint32)ip->imm))
        SLOW_JUMP(CSRRWI, csr_op(m, hart, (uint32)ip->imm))
        SLOW_JUMP(CSRRSI, csr_op(m, hart, (uint32)ip->imm))
        SLOW_JUMP(CSRRCI, csr_op(m, hart, (uint32)ip->imm))
        SLOW_JUMP(SFENCE_VMA, fence_op(m, hart, (uint32)ip->imm))
        SLOW_JUMP(SINVAL_VMA, fence_op(m, hart, (uint32)ip->imm))
        SLOW_JUMP(SFENCE_W_INVAL, fence_op(m, hart, (uint32)ip->imm))
        SLOW_JUMP(SFENCE_INVAL_IR, fence_op(m, hart, (uint32)ip->imm))
        SLOW_JUMP(WFI, wait_op(m, hart, (uint32)ip->imm))
        RETURN(MRET, trap_mret(m, hart))
        RETURN(SRET, trap_sret(m, hart))
        SLOW(ECALL, environment_call(m, hart))
        HANDLER(EBREAK)
        {
            SAVE();
            l->trap = (struct trap){CAUSE_BREAKPOINT, h->pc};
            goto trapped;
        }
        HANDLER(ILLEGAL)
        {
            SAVE();
            illegal(l, (uint32)ip->imm);
            goto trapped;
        }
        HANDLER(DECODE)
        {
            code_decode(m, page, ip);
            DISPATCH();
        }
        HANDLER(HOOK)
        {
            SAVE();
            hooked(m, hart, page->pa + (h->pc & (PAGE_BYTES - 1)));
            if (l->attention) {
                left++; // it has not been executed
                goto out;
            }
            decode(m->code, (uint32)ip->imm, -1, &l->straddle[0]);
            l->straddle[1].go = l->straddle[2].go = m->code->go[OP_PAGE_END];
            ip = &l->straddle[0];
            origin = h->pc - (uint64)(size_t)ip / SLOT_BYTES;
            DISPATCH();
        }
        HANDLER(STRADDLE)
        {
            SAVE();
            if (!fetch_straddle(m, hart, h->pc))
                goto trapped;
            ip = &l->straddle[0];
            origin = h->pc - (uint64)(size_t)ip / SLOT_BYTES;
            DISPATCH();
        }
        HANDLER(PAGE_END)
        {
            left++; // no instruction
            h->pc = PC;
            goto jump;
        }
    }

trapped: // h->pc is that of the instruction, which has counted as started
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
